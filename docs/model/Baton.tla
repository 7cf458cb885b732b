------------------------------- MODULE Baton -------------------------------
(* One session of Baton: its slot, fence, takeover, memory mode, the return of Redis, session:sync, and its clients.    *)
(* A name in brackets is the contract's rule. What is left out is told in README.md.                                    *)
EXTENDS Naturals, Sequences, FiniteSets

CONSTANTS
  Replica, Client, None, Gone,
  Asking,           \* the clients that have a question
  Homes,            \* where the clients may be connected at first: functions from Client to Replica
  MaxText,          \* tokens of an answer
  Crashes, Cuts,    \* how many replicas die, and how often links to Redis are cut
  Stops, Remakes,   \* how often a user stops an answer, and has one made anew (message:regenerate)
  Variant           \* "" is the present design; each other one lacks a protection

VARIABLES
  \* Redis. A log is a sequence of exchanges: a question `q`, named after the client that asks it, and the answer to it, which
  \* `by` began. A token of text is the replica that wrote it. The slot: `owner` writes the answer at `at` under `epoch`; 0: none runs.
  log, version, at, owner, epoch, watchers,
  \* A replica:
  copy, heard,      \* the log as it last knew it and told its subscribers, and the version of that
  run,              \* the answer that it produces, or None
  held,             \* what it has to bring back, while it serves the session from its memory; None while it trusts Redis
  inbox,             \* messages of other replicas that are on their way to it
  missed,           \* messages may have been lost: it has to read the session
  owes,             \* it showed its memory to a client that may hold anything: what it reads next is told whole
  reading,          \* a reply of Redis that is on its way to it, or None
  \* A client:
  place, view,      \* where it is connected, and what it holds
  doubts,           \* it was told that what it holds may not be in Redis
  gap,              \* something is missing: it has to open the session again
  ack,              \* what its question was acknowledged with: None, "redis", or the replica that has it in memory
  \* The world:
  alive, cut, crashes, cuts, stops, remakes

slot == <<at, owner, epoch>>
redis == <<log, version, slot, watchers>>
told == <<copy, heard, view, doubts, gap>>
news == <<inbox, missed, owes, reading>>
world == <<alive, cut, crashes, cuts>>
users == <<stops, remakes>>
vars == <<redis, told, news, run, held, place, ack, world, users>>

Final == {"complete", "stopped", "error"}
Max(a, b) == IF a > b THEN a ELSE b
IsPrefix(a, b) == Len(a) <= Len(b) /\ SubSeq(b, 1, Len(a)) = a
Id(e) == <<e.q, e.by>>
PlaceOf(id, l) == LET is == {i \in DOMAIN l : Id(l[i]) = id} IN IF is = {} THEN 0 ELSE CHOOSE i \in is : TRUE
PlaceOfQuestion(q, l) == LET is == {i \in DOMAIN l : l[i].q = q} IN IF is = {} THEN 0 ELSE CHOOSE i \in is : TRUE
Entries(l) == {[i |-> i, e |-> l[i]] : i \in DOMAIN l}
IsIdle(l) == \A i \in DOMAIN l : l[i].st # "streaming"

Subscribers(r) == {c \in Client : place[c] = r}
Reaches(r) == r \in alive /\ r \notin cut
InRedis(r) == IF Reaches(r) THEN held[r] = None ELSE FALSE
InMemory(r) == r \in alive /\ held[r] # None

-----------------------------------------------------------------------------------------------------------------------
(* The merge rule (D3): what a holder of `h` makes of `e`, of the same answer. None: something before it is missing.    *)
Merged(h, e, offset) ==
  CASE e.att > h.att -> IF offset = 0 THEN e ELSE None
    [] e.att < h.att \/ h.st \in Final -> h
    [] e.st \in Final -> e
    [] offset > Len(h.text) -> None
    [] OTHER -> [h EXCEPT !.text = @ \o SubSeq(e.text, Len(@) + 1, Len(e.text))]

\* Which of two views of an answer is the later one, where no truth is to be had.
Later(h, e) ==
  CASE e.att # h.att -> IF e.att > h.att THEN e ELSE h
    [] (h.st \in Final) # (e.st \in Final) -> IF e.st \in Final THEN e ELSE h
    [] OTHER -> IF e.st \in Final \/ Len(e.text) >= Len(h.text) THEN e ELSE h

(* A client's view is a set of exchanges with their places, for those of two replicas' memories may claim the same one. *)
Known(v, e) == {x \in v : Id(x.e) = Id(e)}
The(s) == CHOOSE x \in s : TRUE

\* A `message` or `delta` event.
Taken(v, i, e, offset) ==
  IF Known(v, e) = {} THEN IF i > Cardinality({x.i : x \in v}) + 1 THEN None ELSE v \cup {[i |-> i, e |-> e]}
  ELSE LET x == The(Known(v, e))
           m == Merged(x.e, e, offset)
       IN IF m = None THEN None ELSE (v \ {x}) \cup {[i |-> i, e |-> m]}

\* A snapshot of a replica's memory is merged.
WithMemory(v, l) ==
  {x \in v : PlaceOf(Id(x.e), l) = 0}
    \cup {[i |-> i, e |-> IF Known(v, l[i]) = {} THEN l[i] ELSE Later(The(Known(v, l[i])).e, l[i])] : i \in DOMAIN l}

\* A snapshot of Redis replaces what is held above `after`. Yesterday's clients kept what seemed later to them.
Stays(h, e) == \/ Variant = "lower attempt dropped" /\ e.att < h.att
               \/ Variant = "stopped stays" /\ e.att = h.att /\ h.st \in Final /\ e.st \notin Final
Replaced(v, after, l) ==
  {x \in v : x.i <= after}
    \cup {LET known == {x \in Known(v, l[i]) : Stays(x.e, l[i])}
          IN IF known = {} THEN [i |-> i, e |-> l[i]] ELSE The(known) : i \in {i \in DOMAIN l : i > after}}

-----------------------------------------------------------------------------------------------------------------------
(* What a replica tells its subscribers.                                                                                *)

RECURSIVE AllTaken(_, _, _, _)
\* The view after all events that lead from the log `a` to the log `b`, from place i on.
AllTaken(v, a, b, i) ==
  IF v = None \/ i > Len(b) THEN v
  ELSE LET isSame == i <= Len(a) /\ a[i] = b[i]
           offset == IF i <= Len(a) /\ Id(a[i]) = Id(b[i]) /\ a[i].att = b[i].att THEN Len(a[i].text) ELSE 0
       IN AllTaken(IF isSame THEN v ELSE Taken(v, i, b[i], offset), a, b, i + 1)

\* r has told its subscribers of `l`, which holds at least what it told before.
Told(r, l, v) ==
  LET after(c) == IF place[c] = r THEN AllTaken(view[c], copy[r], l, 1) ELSE view[c]
  IN /\ copy' = [copy EXCEPT ![r] = l]
     /\ heard' = [heard EXCEPT ![r] = v]
     /\ view' = [c \in Client |-> IF after(c) = None THEN view[c] ELSE after(c)]
     /\ gap' = [c \in Client |-> gap[c] \/ after(c) = None]

\* session:sync: what Redis holds above `after` replaces all that they hold there (G4).
Synced(r, l, v, after) ==
  LET f == Subscribers(r)
  IN /\ copy' = [copy EXCEPT ![r] = l]
     /\ heard' = [heard EXCEPT ![r] = v]
     /\ view' = [c \in Client |-> IF c \in f /\ Variant # "no sync" THEN Replaced(view[c], after, l) ELSE view[c]]
     /\ doubts' = [c \in Client |-> c \notin f /\ doubts[c]]
     /\ gap' = [c \in Client |-> c \notin f /\ gap[c]]

\* The log of r with a message of the bus in it; None where something before it was not told (D2). `from` and `to` are the versions that
\* the message covers, 0 for a delta, which changes none.
WithNote(r, n) ==
  LET l == copy[r]
      i == PlaceOf(n.id, l)
      m == IF i = 0 THEN None ELSE Merged(l[i], n.e, n.offset)
  IN CASE n.from > heard[r] + 1 -> None
       [] i # 0 -> IF m = None THEN None ELSE [l EXCEPT ![i] = m]
       [] n.i = Len(l) + 1 /\ IsIdle(l) /\ n.offset = 0 -> Append(l, n.e)
       [] OTHER -> IF n.i > Len(l) \/ n.to = 0 THEN None ELSE l

Note(i, e, offset, v, ep) == [i |-> i, id |-> Id(e), e |-> e, offset |-> offset, from |-> v, to |-> v, epoch |-> ep]

\* Notes of one epoch about one answer stay in order, so that they can be taken for one.
Posted(box, n) ==
  LET same == {m \in box : m.id = n.id /\ m.epoch = n.epoch}
      first == The(same)
  IN IF same = {} THEN box \cup {n}
     ELSE (box \ same) \cup {[n EXCEPT !.offset = first.offset, !.from = IF first.to = 0 THEN n.from ELSE first.from,
                                       !.to = Max(n.to, first.to)]}

Audience(r) == {w \in watchers : w # r /\ Reaches(w) /\ Subscribers(w) # {}}

\* r tells what it has just stored, here and over the bus (D1).
Tell(r, n) ==
  LET l == WithNote(r, n)
  IN /\ IF l = None THEN Told(r, log', version') ELSE Told(r, l, Max(heard[r], n.to))
     /\ UNCHANGED doubts
     /\ inbox' = [w \in Replica |-> IF w \in Audience(r) THEN Posted(inbox[w], n) ELSE inbox[w]]
     /\ UNCHANGED <<missed, owes, reading>>

-----------------------------------------------------------------------------------------------------------------------
(* Faults.                                                                                                              *)

\* In the list of sessions that r may have done something in. The others look at each, once r is dead (G6): its last write may
\* have been told to nobody.
Enlisted(r) == run[r] # None \/ owner = r \/ reading[r] # None
HeirLooks(w) == Variant # "heirs do not look" /\ w \in alive /\ Subscribers(w) # {} /\ IsIdle(copy[w])

\* Its clients connect to another replica, or go for good.
Dies(r) ==
  /\ crashes > 0 /\ crashes' = crashes - 1
  /\ alive' = alive \ {r}
  /\ \E to \in {None, Gone} : place' = [c \in Client |-> IF place[c] = r THEN to ELSE place[c]]
  /\ run' = [run EXCEPT ![r] = None] /\ held' = [held EXCEPT ![r] = None]
  /\ copy' = [copy EXCEPT ![r] = <<>>] /\ heard' = [heard EXCEPT ![r] = 0]
  /\ inbox' = [inbox EXCEPT ![r] = {}] /\ reading' = [reading EXCEPT ![r] = None]
  /\ missed' = [w \in Replica |-> w # r /\ (missed[w] \/ (Enlisted(r) /\ HeirLooks(w)))]
  /\ owes' = [owes EXCEPT ![r] = FALSE]
  /\ UNCHANGED <<cut, cuts, view, doubts, gap, ack>>

\* The replicas `s` lose Redis, and with it their messages of the bus; all of them where Redis itself is down.
Parts(s) ==
  /\ cuts > 0 /\ cuts' = cuts - 1
  /\ cut = {} /\ cut' = s
  /\ inbox' = [w \in Replica |-> IF w \in s THEN {} ELSE inbox[w]]
  /\ reading' = [w \in Replica |-> IF w \in s THEN None ELSE reading[w]]
  /\ UNCHANGED <<alive, crashes, told, missed, owes, held, place, ack>>

\* A write of r was done, but the reply does not come; r goes on with `mine`.
Unanswered(r, mine) ==
  \/ Dies(r)
  \/ \E s \in {{r}, alive} : Parts(s) /\ run' = [run EXCEPT ![r] = mine]

\* Of a replica that nothing depends on, neither changes anything.
Involved(r) == r \in alive /\ (Subscribers(r) # {} \/ run[r] # None \/ owner = r \/ held[r] # None)
Crash(r) == Involved(r) /\ Dies(r) /\ UNCHANGED <<redis, users>>
Cut == \E s \in {{r} : r \in {r \in Replica : Involved(r)}} \cup {alive} : Parts(s) /\ UNCHANGED <<redis, run, users>>

\* Redis takes writes again. Who did not notice that it was away has missed its messages; the others bring back what they hold.
Heal ==
  /\ cut # {} /\ cut' = {}
  /\ missed' = [r \in Replica |-> missed[r] \/ (r \in alive \cap cut /\ held[r] = None /\ Subscribers(r) # {})]
  /\ UNCHANGED <<redis, told, inbox, owes, reading, run, held, place, ack, alive, crashes, cuts, users>>

-----------------------------------------------------------------------------------------------------------------------
(* An answer's life in Redis. Each action is one script; its reply is told, or never comes.                             *)

Run(e, ep) == [id |-> Id(e), att |-> e.att, text |-> e.text, st |-> e.st, epoch |-> ep]
Mine(r) == at # 0 /\ owner = r /\ run[r] # None /\ run[r].epoch = epoch
Running(e, i) ==
  /\ log' = IF i > Len(log) THEN Append(log, e) ELSE [log EXCEPT ![i] = e]
  /\ version' = version + 1 /\ epoch' = version + 1
  /\ UNCHANGED watchers
Occupies(r, i) == at' = i /\ owner' = r

\* message:send (S4, M2, M3): the question, its answer and the slot are stored at once. The same id again is only acknowledged.
Begin(r, c) ==
  LET i == PlaceOfQuestion(c, log)
      e == IF i = 0 THEN [q |-> c, by |-> r, att |-> 1, text |-> <<>>, st |-> "streaming"] ELSE log[i]
      isMine == i # 0 /\ i = at /\ owner = r /\ e.by = r /\ run[r] = None   \* this call was made before, without a reply
      acked == ack' = [ack EXCEPT ![c] = "redis"]
      started == /\ acked
                 /\ run' = [run EXCEPT ![r] = Run(e, epoch')]
                 /\ Tell(r, Note(at', e, 0, epoch', epoch'))
                 /\ UNCHANGED <<held, place, world>>
  IN /\ InRedis(r) /\ place[c] = r /\ c \in Asking /\ ack[c] = None
     /\ \/ i = 0 /\ at = 0 /\ Running(e, Len(log) + 1) /\ Occupies(r, Len(log) + 1) /\ (started \/ Unanswered(r, None))
        \/ isMine /\ UNCHANGED redis /\ started
        \/ i # 0 /\ ~isMine /\ acked /\ UNCHANGED <<redis, told, news, run, held, place, world>>
     /\ UNCHANGED users

\* message:regenerate (M5).
Remake(r) ==
  LET i == Len(log)
      e == [log[i] EXCEPT !.att = @ + 1, !.text = <<>>, !.st = "streaming"]
  IN /\ remakes > 0 /\ remakes' = remakes - 1 /\ UNCHANGED stops
     /\ InRedis(r) /\ Subscribers(r) # {} /\ at = 0 /\ i # 0
     /\ Running(e, i) /\ Occupies(r, i)
     /\ \/ /\ run' = [run EXCEPT ![r] = Run(e, epoch')]
           /\ Tell(r, Note(i, e, 0, epoch', epoch'))
           /\ UNCHANGED <<held, place, ack, world>>
        \/ Unanswered(r, None)

\* The owner stores another token, or those that it could not store before. The key's name is the fence (F1).
AppendText(r) ==
  LET e == log[at]
      isLet == IF Variant = "no fence" THEN run[r] # None /\ at # 0 /\ Id(e) = run[r].id ELSE Mine(r)
      text == IF Variant # "no fence" /\ Len(run[r].text) > Len(e.text) THEN run[r].text ELSE Append(e.text, r)
      mine == [run[r] EXCEPT !.text = text]
  IN /\ InRedis(r) /\ isLet /\ run[r].st = "streaming" /\ reading[r] = None
     /\ Len(e.text) < MaxText
     /\ log' = [log EXCEPT ![at].text = text] /\ UNCHANGED <<version, slot, watchers, users>>
     /\ \/ /\ run' = [run EXCEPT ![r] = mine]
           /\ Tell(r, Note(at, log'[at], Len(e.text), 0, run[r].epoch))
           /\ UNCHANGED <<held, place, ack, world>>
        \/ Unanswered(r, mine)

\* The answer is whole, or was stopped. The same end once more is a success (the reply to the first was lost).
Ended(r) == IF run[r].st = "streaming" THEN "complete" ELSE run[r].st
Ends(r) == run[r] # None /\ (run[r].st \in Final \/ Len(run[r].text) = MaxText)
IsStored(r) == LET i == PlaceOf(run[r].id, log)
               IN run[r].st \in Final /\ i # 0 /\ log[i].st = run[r].st /\ log[i].att = run[r].att /\ log[i].text = run[r].text
Finish(r) ==
  LET i == IF Mine(r) THEN at ELSE PlaceOf(run[r].id, log)
      e == [log[i] EXCEPT !.text = run[r].text, !.st = Ended(r)]
  IN /\ InRedis(r) /\ Ends(r) /\ reading[r] = None
     /\ \/ Mine(r) /\ log' = [log EXCEPT ![i] = e] /\ version' = version + 1 /\ at' = 0 /\ owner' = None /\ epoch' = 0
        \/ ~Mine(r) /\ IsStored(r) /\ UNCHANGED <<log, version, slot>>
     /\ \/ /\ run' = [run EXCEPT ![r] = None]
           /\ Tell(r, Note(i, e, 0, run[r].epoch + 1, run[r].epoch))
           /\ UNCHANGED <<held, place, ack, world>>
        \/ Mine(r) /\ Unanswered(r, [run[r] EXCEPT !.st = e.st])
     /\ UNCHANGED <<watchers, users>>

\* A claim raises the epoch: exactly one wins (F2).
Claim(r, st, tells) ==
  LET e == log[at]
  IN /\ InRedis(r) /\ reading[r] = None
     /\ Running(e, at) /\ Occupies(r, at)
     /\ \/ /\ run' = [run EXCEPT ![r] = [Run(e, epoch') EXCEPT !.st = st]]
           /\ IF tells THEN Tell(r, Note(at, e, 0, epoch', epoch')) ELSE UNCHANGED <<told, news>>
           /\ UNCHANGED <<held, place, ack, world>>
        \/ Unanswered(r, None)

\* Of a dead owner, or of a claim of its own whose reply was lost. Who lost Redis is dead to the others (its lease runs out).
IsLeft(r) == at # 0 /\ (owner \notin alive \/ (owner = r /\ ~Mine(r)))
TakeOver(r) == IsLeft(r) /\ Claim(r, "streaming", TRUE) /\ UNCHANGED users
Suspect(r) == at # 0 /\ owner \in alive \ {r} /\ (owner \in cut \/ held[owner] # None) /\ Claim(r, "streaming", TRUE) /\ UNCHANGED users

\* message:stop, on whatever replica (D7).
Stop(r) ==
  /\ stops > 0 /\ stops' = stops - 1 /\ UNCHANGED remakes
  /\ Subscribers(r) # {}
  /\ \/ /\ (InRedis(r) /\ Mine(r)) \/ (InMemory(r) /\ run[r] # None)
        /\ run[r].st = "streaming"
        /\ run' = [run EXCEPT ![r].st = "stopped"]
        /\ UNCHANGED <<redis, told, news, held, place, ack, world>>
     \/ at # 0 /\ owner # r /\ PlaceOf(Id(log[at]), copy[r]) # 0 /\ Claim(r, "stopped", FALSE)

\* An owner learns, by a refusal or a message, that the answer is another's by now.
Fenced(r) ==
  /\ Reaches(r) /\ run[r] # None /\ run[r].epoch # 0 /\ ~Mine(r) /\ ~IsStored(r) /\ reading[r] = None
  /\ run' = [run EXCEPT ![r] = None]
  /\ missed' = [missed EXCEPT ![r] = TRUE]
  /\ UNCHANGED <<redis, told, inbox, owes, reading, held, place, ack, world, users>>

-----------------------------------------------------------------------------------------------------------------------
(* Notes and readings.                                                                                                  *)

\* What comes during a reading waits for it; what comes while the session is held is covered by its return.
Receive(r) ==
  \E n \in inbox[r] :
    LET l == WithNote(r, n)
    IN /\ Reaches(r) /\ reading[r] = None
       /\ inbox' = [inbox EXCEPT ![r] = @ \ {n}]
       /\ IF held[r] # None THEN UNCHANGED <<told, missed>>
          ELSE IF l = None THEN missed' = [missed EXCEPT ![r] = TRUE] /\ UNCHANGED told
          ELSE Told(r, l, Max(heard[r], n.to)) /\ UNCHANGED <<doubts, missed>>
       /\ UNCHANGED <<redis, owes, reading, run, held, place, ack, world, users>>

\* A feed that expects an answer and hears nothing reads the store by itself.
Looks(r) == Variant # "never looks" /\ ~IsIdle(copy[r]) /\ run[r] = None /\ inbox[r] = {} /\ log # copy[r]
Read(r) ==
  /\ InRedis(r) /\ reading[r] = None /\ Subscribers(r) # {} /\ (missed[r] \/ owes[r] \/ Looks(r))
  /\ reading' = [reading EXCEPT ![r] = [kind |-> "read", log |-> log, version |-> version]]
  /\ missed' = [missed EXCEPT ![r] = FALSE]
  /\ watchers' = watchers \cup {r}
  /\ UNCHANGED <<log, version, slot, told, inbox, owes, run, held, place, ack, world, users>>

\* What the store holds beyond what was told is told; where it holds less or other, it is given whole after another reading.
IsBehind(a, b) == a.att < b.att \/ (a.att = b.att /\ (IF a.st \in Final THEN FALSE ELSE b.st \in Final \/ Len(a.text) < Len(b.text)))
Contradicts(r, l) == Len(l) < Len(copy[r]) \/ \E i \in DOMAIN copy[r] : Id(l[i]) # Id(copy[r][i]) \/ IsBehind(l[i], copy[r][i])
Shown(r) ==
  /\ InRedis(r) /\ reading[r] # None /\ reading[r].kind = "read"
  /\ LET l == reading[r].log
         v == reading[r].version
         isOld == v < heard[r] \/ Contradicts(r, l)
     IN /\ owes' = [owes EXCEPT ![r] = ~@ /\ isOld]
        /\ IF owes[r] THEN Synced(r, l, v, 0) ELSE IF isOld THEN UNCHANGED told ELSE Told(r, l, v) /\ UNCHANGED doubts
  /\ reading' = [reading EXCEPT ![r] = None]
  /\ UNCHANGED <<redis, inbox, missed, run, held, place, ack, world, users>>

\* session:open, on a new connection, or again because of a gap.
Open(c, r) ==
  /\ place[c] = None \/ (place[c] = r /\ gap[c])
  /\ place' = [place EXCEPT ![c] = r]
  /\ \/ /\ InRedis(r) /\ reading[r] = None
        /\ watchers' = watchers \cup {r}
        /\ LET shown == [view EXCEPT ![c] = Replaced(@, 0, log)]
               others(d) == IF place[d] = r /\ d # c THEN AllTaken(view[d], copy[r], log, 1) ELSE shown[d]
           IN /\ view' = [d \in Client |-> IF others(d) = None THEN view[d] ELSE others(d)]
              /\ gap' = [d \in Client |-> d # c /\ (gap[d] \/ others(d) = None)]
        /\ copy' = [copy EXCEPT ![r] = log] /\ heard' = [heard EXCEPT ![r] = version]
        /\ doubts' = [doubts EXCEPT ![c] = FALSE]
        /\ UNCHANGED <<owes, held>>
     \/ /\ InMemory(r)
        /\ view' = [view EXCEPT ![c] = WithMemory(@, copy[r])]
        /\ doubts' = [doubts EXCEPT ![c] = TRUE] /\ gap' = [gap EXCEPT ![c] = FALSE]
        /\ owes' = [owes EXCEPT ![r] = TRUE]
        /\ held' = [held EXCEPT ![r].again = TRUE]
        /\ UNCHANGED <<copy, heard, watchers>>
  /\ UNCHANGED <<log, version, slot, inbox, missed, reading, run, ack, world, users>>

-----------------------------------------------------------------------------------------------------------------------
(* Redis away (G1): a replica that has taken no write for a second serves the session from its memory, which is `copy`. *)

Away(r) ==
  LET i == IF run[r] = None THEN 0 ELSE PlaceOf(run[r].id, copy[r])
  IN /\ r \in alive \cap cut /\ held[r] = None
     /\ held' = [held EXCEPT ![r] = [base |-> Len(copy[r]), version |-> heard[r], again |-> FALSE, yielded |-> {}]]
     /\ doubts' = [c \in Client |-> doubts[c] \/ place[c] = r]
     /\ Told(r, IF i = 0 \/ copy[r][i].st \in Final THEN copy[r] ELSE [copy[r] EXCEPT ![i].text = run[r].text], heard[r]) \* a write that got no reply is made here
     /\ run' = [run EXCEPT ![r] = IF i # 0 /\ copy[r][i].st \in Final THEN None ELSE @] \* it has heard that it is not its own any more
     /\ UNCHANGED <<redis, news, place, ack, world, users>>

\* The subscribers of r are told; nobody else is.
ToldHere(r, l) == Told(r, l, heard[r]) /\ UNCHANGED <<doubts, redis, news, place, world>>
Again(r) == held' = [held EXCEPT ![r].again = TRUE]   \* a reply that is on its way knows nothing of this

MemoryBegin(r, c) ==
  LET i == PlaceOfQuestion(c, copy[r])
      e == [q |-> c, by |-> <<r>>, att |-> 1, text |-> <<>>, st |-> "streaming"]   \* not the answer of a call that got no reply
  IN /\ InMemory(r) /\ place[c] = r /\ c \in Asking /\ ack[c] = None
     /\ ack' = [ack EXCEPT ![c] = r]
     /\ IF i # 0 THEN UNCHANGED <<redis, told, news, run, place, world>>
        ELSE IsIdle(copy[r]) /\ run' = [run EXCEPT ![r] = Run(e, 0)] /\ ToldHere(r, Append(copy[r], e))
     /\ Again(r) /\ UNCHANGED users

MemoryRemake(r) ==
  LET i == Len(copy[r])
      e == [copy[r][i] EXCEPT !.att = @ + 1, !.text = <<>>, !.st = "streaming"]
  IN /\ remakes > 0 /\ remakes' = remakes - 1 /\ UNCHANGED stops
     /\ InMemory(r) /\ Subscribers(r) # {} /\ i # 0 /\ IsIdle(copy[r])
     /\ run' = [run EXCEPT ![r] = Run(e, 0)]
     /\ ToldHere(r, [copy[r] EXCEPT ![i] = e])
     /\ Again(r) /\ UNCHANGED ack

MemoryAppend(r) ==
  LET i == PlaceOf(run[r].id, copy[r])
      stored == copy[r][i].text
      text == IF Len(run[r].text) > Len(stored) THEN run[r].text ELSE Append(run[r].text, r)
  IN /\ InMemory(r) /\ run[r] # None /\ run[r].st = "streaming" /\ Len(stored) < MaxText
     /\ run' = [run EXCEPT ![r].text = text]
     /\ ToldHere(r, [copy[r] EXCEPT ![i] = [@ EXCEPT !.att = run[r].att, !.text = text, !.st = "streaming"]])
     /\ UNCHANGED <<held, ack, users>>

MemoryFinish(r) ==
  LET i == PlaceOf(run[r].id, copy[r])
  IN /\ InMemory(r) /\ Ends(r)
     /\ run' = [run EXCEPT ![r] = None]
     /\ ToldHere(r, [copy[r] EXCEPT ![i] = [@ EXCEPT !.att = run[r].att, !.text = run[r].text, !.st = Ended(r)]])
     /\ Again(r) /\ UNCHANGED <<ack, users>>

-----------------------------------------------------------------------------------------------------------------------
(* The return of Redis, reconcile.lua (G2, G4): what Redis holds stands, and what r held comes after it, once.          *)

IsOurs(r, e) == at # 0 /\ owner = r /\ Id(log[at]) = Id(e)
Produces(r, e) == run[r] # None /\ run[r].id = Id(e)

\* What is brought: all that r has since it lost Redis, but no answer that was not taken before. An answer that runs
\* elsewhere is not r's to bring; one that nobody produces ends.
Brings(r) == {i \in Max(1, held[r].base)..Len(copy[r]) :
  /\ Id(copy[r][i]) \notin held[r].yielded
  /\ ~(i = held[r].base /\ copy[r][i].st = "streaming" /\ ~Produces(r, copy[r][i]))}
AsBrought(r, i) == IF copy[r][i].st = "streaming" /\ ~Produces(r, copy[r][i]) THEN [copy[r][i] EXCEPT !.st = "error"] ELSE copy[r][i]
\* Of an answer that both have, r's is taken only where nobody can have written another.
IsTaken(r, e) == IsOurs(r, e) \/ (version = held[r].version /\ PlaceOf(Id(e), log) # 0 /\ (at = 0 \/ Id(log[at]) # Id(e)))
Place(r, i) == IF i = held[r].base THEN i ELSE PlaceOfQuestion(copy[r][i].q, log)

RECURSIVE Brought(_, _, _)
\* The log `l` with those from place i on.
Brought(r, i, l) ==
  LET e == AsBrought(r, i)
      there == Place(r, i)
  IN IF i > Len(copy[r]) THEN l
     ELSE Brought(r, i + 1, IF i \notin Brings(r) THEN l ELSE IF there = 0 THEN Append(l, e)
                            ELSE IF IsTaken(r, e) THEN [l EXCEPT ![there] = e] ELSE l)

Reconcile(r) ==
  LET l == Brought(r, Max(1, held[r].base), log)
      n == Len(copy[r])
      changes == {i \in Brings(r) : Place(r, i) = 0 \/ IsTaken(r, AsBrought(r, i))}
      frees == \E i \in changes : IsOurs(r, copy[r][i])
      claims == IF n \in changes /\ Produces(r, copy[r][n]) THEN PlaceOf(run[r].id, l) ELSE 0
      isBusy == claims # 0 /\ at # 0 /\ ~frees
  IN /\ Reaches(r) /\ held[r] # None /\ reading[r] = None
     /\ IF isBusy
        THEN \* Another answer runs. Its end may come in time; else r's own ends, in memory (M3, G6).
             /\ run[r].st = "streaming" /\ run' = [run EXCEPT ![r].st = "error"]
             /\ UNCHANGED <<redis, reading, held>>
        ELSE /\ log' = l
             /\ version' = IF changes # {} THEN version + 1 ELSE version
             /\ at' = IF claims # 0 THEN claims ELSE IF frees THEN 0 ELSE at
             /\ owner' = IF claims # 0 THEN r ELSE IF frees THEN None ELSE owner
             /\ epoch' = IF claims # 0 THEN version + 1 ELSE IF frees THEN 0 ELSE epoch
             /\ watchers' = watchers \cup {r}
             /\ reading' = [reading EXCEPT ![r] =
                  [kind |-> "reconciled", log |-> l, version |-> version', at |-> at', owner |-> owner', epoch |-> epoch', watchers |-> watchers,
                   yields |-> {Id(copy[r][j]) : j \in {j \in Brings(r) : \A k \in DOMAIN l : l[k] # AsBrought(r, j)}}]]
             /\ held' = [held EXCEPT ![r].again = FALSE]
             /\ UNCHANGED run
     /\ UNCHANGED <<told, inbox, missed, owes, place, ack, world, users>>

\* The reply. Where memory was changed meanwhile, all is brought again.
Reconciled(r) ==
  LET reply == reading[r]
      goesOn == run[r] # None /\ reply.at # 0 /\ reply.owner = r /\ Id(reply.log[reply.at]) = run[r].id
  IN /\ Reaches(r) /\ held[r] # None /\ reading[r] # None /\ reading[r].kind = "reconciled"
     /\ reading' = [reading EXCEPT ![r] = None]
     /\ IF held[r].again
        THEN /\ held' = [held EXCEPT ![r] = [@ EXCEPT !.version = reply.version, !.yielded = @ \cup reply.yields]]
             /\ UNCHANGED <<told, missed, owes, run>>
        ELSE /\ held' = [held EXCEPT ![r] = None]
             /\ run' = [run EXCEPT ![r] = IF goesOn THEN [@ EXCEPT !.epoch = reply.epoch, !.att = reply.log[reply.at].att] ELSE None]
             /\ Synced(r, reply.log, reply.version, IF owes[r] \/ held[r].base = 0 THEN 0 ELSE held[r].base - 1)
             /\ owes' = [owes EXCEPT ![r] = FALSE]
             /\ missed' = [w \in Replica |-> missed[w] \/ (Reaches(w) /\ Subscribers(w) # {} /\ (w = r \/ w \in reply.watchers))]
     /\ UNCHANGED <<redis, inbox, place, ack, world, users>>

-----------------------------------------------------------------------------------------------------------------------
\* G2, G4, G6, F2, F4: where Redis can be reached for good, in the end no answer runs, every client that is connected holds
\* what Redis holds, and that holds what a living replica acknowledged from its memory.
Converged ==
  /\ at = 0
  /\ \A c \in Client : /\ place[c] = Gone \/ (place[c] # None /\ view[c] = Entries(log))
                       /\ ack[c] \in alive => PlaceOfQuestion(c, log) # 0

Init ==
  /\ log = <<>> /\ version = 0 /\ at = 0 /\ owner = None /\ epoch = 0
  /\ place \in Homes
  /\ watchers = {place[c] : c \in Client}
  /\ copy = [r \in Replica |-> <<>>] /\ heard = [r \in Replica |-> 0]
  /\ run = [r \in Replica |-> None] /\ held = [r \in Replica |-> None]
  /\ inbox = [r \in Replica |-> {}] /\ reading = [r \in Replica |-> None]
  /\ missed = [r \in Replica |-> FALSE] /\ owes = [r \in Replica |-> FALSE]
  /\ view = [c \in Client |-> {}] /\ ack = [c \in Client |-> None]
  /\ doubts = [c \in Client |-> FALSE] /\ gap = [c \in Client |-> FALSE]
  /\ alive = Replica /\ cut = {}
  /\ crashes = Crashes /\ cuts = Cuts /\ stops = Stops /\ remakes = Remakes

\* Nothing more comes from outside. What is then left to happen ends where all is well: else TLC reports a deadlock.
Quit == /\ cut = {} /\ (crashes + cuts + stops + remakes > 0 \/ \E c \in Client : ack[c] = None)
        /\ crashes' = 0 /\ cuts' = 0 /\ stops' = 0 /\ remakes' = 0
        /\ ack' = [c \in Client |-> IF ack[c] = None THEN "never" ELSE ack[c]]
        /\ UNCHANGED <<redis, told, news, run, held, place, alive, cut>>
Rest == cut = {} /\ Converged /\ UNCHANGED vars

\* What happens by itself, sooner or later.
Inner == \E r \in Replica :
  \/ AppendText(r) \/ Finish(r) \/ TakeOver(r) \/ Fenced(r)
  \/ Receive(r) \/ Read(r) \/ Shown(r) \/ (\E c \in Client : Open(c, r))
  \/ MemoryAppend(r) \/ MemoryFinish(r) \/ Reconcile(r) \/ Reconciled(r)
\* What people do, and what befalls them.
Outer == \/ \E r \in Replica : \/ Remake(r) \/ MemoryRemake(r) \/ Stop(r) \/ Suspect(r) \/ Away(r) \/ Crash(r)
                               \/ \E c \in Client : Begin(r, c) \/ MemoryBegin(r, c)
         \/ Cut \/ Heal \/ Quit
Next == Inner \/ Outer \/ Rest
Spec == Init /\ [][Next]_vars /\ WF_vars(Inner)

-----------------------------------------------------------------------------------------------------------------------
(* What is promised.                                                                                                    *)

\* M1, M2: what was acknowledged as persisted is there; no question is there twice.
Persisted == \A c \in Client : ack[c] = "redis" => PlaceOfQuestion(c, log) # 0
Once == \A i, j \in DOMAIN log : log[i].q = log[j].q => i = j

\* M3: what streams in Redis is the slot's.
Slot == \A i \in DOMAIN log : log[i].st = "streaming" <=> i = at

\* D1, D3: who was not told otherwise, and for whom no other news is on its way, holds a beginning of what Redis holds.
IsInformed(r) == InRedis(r) /\ ~missed[r] /\ ~owes[r] /\ reading[r] = None /\ \A w \in alive : held[w] = None
Beginning == \A c \in Client : IsInformed(place[c]) /\ ~doubts[c] => \A x \in view[c] :
  /\ x.i \in DOMAIN log /\ Id(x.e) = Id(log[x.i])
  /\ \/ x.e.att < log[x.i].att
     \/ x.e.att = log[x.i].att /\ (x.e = log[x.i] \/ (x.e.st = "streaming" /\ IsPrefix(x.e.text, log[x.i].text)))

\* F1: text of a running answer comes from its owner alone, under the epoch that stands.
IsGrown(i) == Len(log'[i].text) > Len(log[i].text) /\ log'[i].att = log[i].att /\ log[i].st = "streaming" /\ log'[i].st = "streaming"
Fence == [][\A i \in DOMAIN log : IsGrown(i) => i = at /\ log'[i].text[Len(log'[i].text)] = owner]_vars

\* D7, G4: what has ended in Redis stays as it is, unless it is made anew.
Ending == [][\A i \in DOMAIN log : log[i].st \in Final => log'[i] = log[i] \/ log'[i].att > log[i].att]_vars

Convergence == <>[](cut = {}) => <>[]Converged
=============================================================================
