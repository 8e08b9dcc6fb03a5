"""The attic: what crosses departments, the home page, and the search box."""
