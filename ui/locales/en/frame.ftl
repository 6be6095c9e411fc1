# The frame of the window: navigation, and what is said everywhere.

nav =
    .aria-label = Pages
nav-uploads = Uploads
nav-watched = Watched folders

problems =
    .aria-label = Problems
