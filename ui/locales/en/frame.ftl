# The frame of the window: navigation, and what is said everywhere.

nav =
    .aria-label = Pages
nav-uploads = Uploads
nav-destinations = Destinations

problems =
    .aria-label = Problems
