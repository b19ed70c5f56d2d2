"""Files that people take with them: readings, Green Button, monthly statements, allocation keys. All pure."""
