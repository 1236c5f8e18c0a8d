"""The benchmark of personalisation: users whose lives change, and how well a system keeps up with them."""
