"""Every sentence that members read, in French and in English, and the templates of files."""
