# Zahlen, Zeiten und Zeitpunkte in Worten.

byte-count =
    { $count ->
        [one] { $count } Byte
       *[other] { $count } Byte
    }
part-of-whole = { $part } von { $whole }
per-second = { $amount }/s

duration-seconds = { $count } s
duration-minutes = { $count } min
duration-hours = { $count } h
duration-days =
    { $count ->
        [one] { $count } Tag
       *[other] { $count } Tage
    }
time-left = noch { $time }

today-at = heute um { $time }
tomorrow-at = morgen um { $time }
yesterday-at = gestern um { $time }
weekday-and-date = { $weekday }, { $date }

kept-until = aufgehoben bis { $moment }
expired-near = abgelaufen { $moment }
expired-on = abgelaufen am { $moment }
