"""Keep prompting, fine-tune or go hybrid: rules as data, and a memo that says why."""
