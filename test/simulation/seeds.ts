/** Seeds that once broke a rule, and why. They are run for ever, though what they play shifts as the code makes other calls. */
export const SEEDS: readonly {
  readonly seed: number
  readonly as?: 'dense' | 'alone'
  /** With mishaps that end a replica: most seeds were found before there were any. */
  readonly dies?: true
  readonly because: string
}[] = [
  { seed: 37, because: 'a bookmark named a place whose text was still held back' },
  { seed: 299, because: 'a stream that broke in the middle of a surrogate pair left half of it to the next one' },
  { seed: 739, because: 'a replica that was removed once was never found dead again' },
  { seed: 989, because: 'an older claim of a replica went on under the epoch of its newer one' },
  { seed: 1052, because: 'the end of another attempt was told after the next exchange had begun' },
  { seed: 5612, because: 'two regenerates at one replica began the same attempt twice' },
  { seed: 10944, because: 'the end of another attempt was told two exchanges late' },
  {
    seed: 100077339,
    as: 'dense',
    because: 'one who opened was told again, by a late message, of an attempt three exchanges old',
  },
  {
    seed: 700226377,
    as: 'dense',
    because: 'another attempt, told by another replica than what came after it, was never told',
  },
  {
    seed: 701076808,
    as: 'dense',
    because: 'the last word of a dead replica reached the store after everybody had looked there',
  },
  { seed: 702063318, as: 'dense', because: 'a replica known to be dead passed for one that is just starting' },
  {
    seed: 704246664,
    as: 'dense',
    because: 'one that was taken for dead by mistake began an answer that was untracked with its last',
  },
  {
    seed: 800565326,
    as: 'dense',
    because: 'an answer whose end got no reply took the slot of the next attempt for its own',
  },
  { seed: 1900038308, as: 'alone', because: 'one that was removed by mistake died before it had entered again' },
  {
    seed: 3100073313,
    as: 'alone',
    because: 'a copy from a time alone had by chance the version that the store had reached',
  },
  { seed: 2100107546, as: 'dense', because: 'who met an orphaned answer while the store was away did not try again' },
  {
    seed: 2500423353,
    as: 'alone',
    because: 'an owner whose next attempt was refused, because its last was raised, let the answer go',
  },
  {
    seed: 3801399012,
    as: 'alone',
    because: 'an owner that asked what had come of its claim was answered from memory, and let the answer go',
  },
  {
    seed: 3804327955,
    as: 'alone',
    because: 'an answer begun by a call that came late was met while memory still served, and not looked at again',
  },
  {
    seed: 3820115955,
    as: 'alone',
    because:
      'a reader elsewhere heard of a question that was written back, and of its answer neither beginning nor end',
  },
  {
    seed: 3860053335,
    as: 'alone',
    because: 'what memory gave who opened a session was older than what the others there had been told',
  },
  {
    seed: 3880109210,
    as: 'alone',
    because:
      'an answer that was taken over between two steps of its being written back was ended under the epoch of its heir',
  },
  {
    seed: 3340666798,
    as: 'dense',
    because: 'an end that was refused was stored under a later claim of its replica, after another one had added text',
  },
  {
    seed: 3923695320,
    as: 'alone',
    because: 'who met an answer whose removed owner it could not judge yet did not look again',
  },
  {
    seed: 3924114712,
    as: 'alone',
    because: 'an answer that had ended in memory was taken from the list of its replica, which then went',
  },
  {
    seed: 500004895,
    as: 'alone',
    dies: true,
    because:
      'who brought back a question twice put its own answer in the place of the one that another had brought meanwhile',
  },
  {
    seed: 21143900,
    as: 'alone',
    dies: true,
    because: 'an older answer that one who was alone made anew was not asked for again by a client that had more',
  },
  {
    seed: 30289695,
    as: 'alone',
    dies: true,
    because: 'a replica went that had still to tell another what it had not been able to tell of an answer',
  },
  {
    seed: 31614757,
    as: 'alone',
    dies: true,
    because: 'a session that was put away while it was read again, after Redis was back, stayed listed for its replica',
  },
  {
    seed: 50108655,
    as: 'alone',
    dies: true,
    because: 'an attempt was made twice, and what was stored of it differed from what was told by its date alone',
  },
  {
    seed: 72733008,
    as: 'alone',
    dies: true,
    because: 'a client was told a message again under another number, and did not ask for what has its old one',
  },
  {
    seed: 200176532,
    as: 'alone',
    dies: true,
    because:
      'an heir gave a claim up that arrived later, and then let the answer go because the store named another owner: itself',
  },
  {
    seed: 212076626,
    as: 'alone',
    dies: true,
    because:
      'a replica that had claimed an attempt unawares brought back the one before it, and a client waited for the later one',
  },
  {
    seed: 341396320,
    as: 'alone',
    dies: true,
    because:
      'a claim that was given up arrived between the last two looks of its replica, which let its own answer go as another owner’s',
  },
]
