"""Published case studies held against the rules: what is indicated where others have decided, and how well it ranks."""
