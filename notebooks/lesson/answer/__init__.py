"""What questions and exercises are made of.  Knows no lesson."""
