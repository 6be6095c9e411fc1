# Numbers, times and moments in words.

byte-count =
    { $count ->
        [one] { $count } byte
       *[other] { $count } bytes
    }
part-of-whole = { $part } of { $whole }
per-second = { $amount }/s

duration-seconds = { $count } s
duration-minutes = { $count } min
duration-hours = { $count } h
duration-days =
    { $count ->
        [one] { $count } day
       *[other] { $count } days
    }
time-left = { $time } left

today-at = today at { $time }
tomorrow-at = tomorrow at { $time }
yesterday-at = yesterday at { $time }
weekday-and-date = { $weekday }, { $date }

kept-until = kept until { $moment }
expired-near = expired { $moment }
expired-on = expired on { $moment }
