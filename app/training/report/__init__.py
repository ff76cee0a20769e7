"""The lab's report: tables, charts, and one HTML page of both."""
