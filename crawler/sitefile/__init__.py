"""What stands in a site file: its tables, their kinds of values, what can be wrong in them."""
