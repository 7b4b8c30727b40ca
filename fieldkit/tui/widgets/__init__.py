"""What screens are built of: each is given what it shows and posts what a person did."""
