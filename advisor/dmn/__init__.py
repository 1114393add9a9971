"""DMN (Decision Model and Notation): rulebooks written as DMN files, and DMN files of any origin read as rulebooks."""
