"""Series and tasks to learn from, and the results of long runs with the script that made them.  Knows no lesson."""
