"""Writers put what a life holds into the words of the person whose life it is."""
