---- MODULE Checks ----
(* What TLC is given: two replicas, one client that asks and one that follows, each on a replica of its own at first. *)
EXTENDS Baton, TLC
CONSTANTS r1, r2, c1, c2
Apart == {(c1 :> r1 @@ c2 :> r2)}
====
