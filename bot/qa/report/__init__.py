"""The report of a QA run: a folder one can open in any browser, and listen to. Nothing of it comes from elsewhere."""
