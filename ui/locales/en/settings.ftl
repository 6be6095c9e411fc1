# The page on which things are set for everything.

nav-settings = Settings
settings-title = Settings
settings-saved = Saved
settings-reset = Reset to defaults
settings-reset-title = Reset all settings?
settings-reset-text = Everything on this page is as at the first start then. Uploads and destinations stay as they are.
settings-keep = Keep them
settings-was-reset = Everything is as at the first start
settings-unreadable = These could not be read, and their defaults hold until you set them anew: { $names }.
settings-by-system = As the system

settings-uploading = Uploading
settings-resume = When an upload was interrupted
settings-resume-ask = Ask me whether it goes on
settings-resume-always = Always go on by itself
settings-resume-never = Begin it anew
settings-resume-off = Keep nothing of it
settings-resume-help = A destination may have a rule of its own.
settings-files = Files at once
settings-files-help = From 1 to 32. With fewer, the last ones go back into the queue and lose nothing.
settings-connections = Chunks of one file at once
settings-connections-help = At most, from 1 to 64. If empty, Carryon chooses.
settings-days = Days to keep unfinished uploads
settings-days-help = After their last byte. 0 keeps them for ever.

settings-speed = Speed
settings-speed-always = Speed limit
settings-speed-help = Such as 2 MB/s. Empty for no limit.
settings-times =
    .aria-label = Limits by the time of day
settings-add-time = Add a time of day
settings-time-from = From
settings-time-to = to
settings-time-rate = limit
settings-time-remove = Remove
settings-speed-senseless = This is no speed. Write it as 2 MB/s, or leave it empty.

settings-power = Power and network
settings-metered = Wait while the connection is metered
settings-metered-help = A phone’s or a train’s. Uploads go on by themselves on another connection.
settings-battery = On battery
settings-battery-go-on = Go on
settings-battery-below = Wait below { $percent } %
settings-battery-always = Always wait for power
settings-battery-help = Uploads go on by themselves when the computer is plugged in.
settings-awake = Keep the computer awake while bytes move
settings-awake-help = The screen may go dark. A closed lid sends it to sleep all the same.

settings-notifications = Notifications
settings-notify = What is told beside the window
settings-notify-all = Everything
settings-notify-problems = What needs me
settings-notify-none = Nothing
settings-notify-help = The window shows all of it in any case.

settings-appearance = Appearance
settings-theme = Colours
settings-theme-light = Light
settings-theme-dark = Dark
settings-theme-help = They change at once.
settings-language = Language
settings-language-help = It changes at once.
settings-motion = Movement
settings-motion-reduced = Reduced
settings-motion-help = Reduced, nothing slides or fades.

settings-start = Start
settings-at-login = Start Carryon when I log in
settings-at-login-help = So that uploads go on after a restart. It starts without its window.

settings-storage = Storage
settings-data = Records, settings and logs lie here:
settings-open-folder = Open folder

settings-logs = Logs
settings-log = What is written down
settings-log-off = Nothing
settings-log-error = Errors
settings-log-warn = Errors and warnings
settings-log-info = What is done
settings-log-debug = Every detail
settings-log-help = For whoever looks for a fault. Five files of 1 MB at most; no token, no password, no address of an upload is in them.
settings-open-log = Open log folder
settings-copy-report = Copy report
settings-with-names = With the names of files and destinations
settings-report-copied = The report is copied. Read it before you send it to anyone.
settings-report-not-copied = The report could not be copied.
