"""What is run by hand or in CI: pages and pictures made from the code and from real runs."""
