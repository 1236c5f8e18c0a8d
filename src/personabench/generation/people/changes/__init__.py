"""What can happen to people. Each kind of event is a function of a person and a day that writes it down, and says
whether it did: not everything can happen to everybody."""
