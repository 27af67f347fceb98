//! Runs in stretches that are in order by themselves, as the parts of a zone are put in order beside each other; and
//! the order of all of them. What a run is, and what puts two in order, is the business of [`super::order`].

use super::Row;
use super::order::{Key, Names, Run};
use crate::zone::beside::beside;

/// Runs, stretch after stretch.
#[derive(Debug, Clone, Default)]
pub struct Stretches {
    runs: Vec<Run>,
    /// Where each stretch ends.
    ends: Vec<usize>,
    /// The rows of a stretch stand otherwise than its runs.
    reordered: bool,
}

impl Stretches {
    /// Adds runs: puts them in order, in so many stretches beside each other. Those of one owner stay as they came.
    pub fn extend(&mut self, names: Names<'_>, rows: &[Row], mut runs: Vec<Run>, stretches: usize) {
        let length = runs.len().div_ceil(stretches.max(1)).max(1);
        let reordered = beside(runs.chunks_mut(length).collect(), |runs| names.sort(rows, runs));
        self.reordered |= reordered.contains(&true);
        let start = self.runs.len();
        self.runs.append(&mut runs);
        let ends = (start..self.runs.len()).step_by(length).map(|from| (from + length).min(self.runs.len()));
        self.ends.extend(ends);
    }

    /// Moves the stretches of others, whose rows have come behind `rows` others, behind those that are here.
    pub fn append(&mut self, others: &mut Stretches, rows: u32) {
        let before = self.runs.len();
        self.runs.extend(others.runs.drain(..).map(|run| Run { first: run.first + rows, ..run }));
        self.ends.extend(others.ends.drain(..).map(|end| before + end));
        self.reordered |= std::mem::take(&mut others.reordered);
    }

    /// Do the rows stand in the order of their owners?
    pub fn are_in_order(&self, names: Names<'_>, rows: &[Row]) -> bool {
        let neighbours = |end: &usize| Some((self.runs.get(end.checked_sub(1)?)?, self.runs.get(*end)?));
        let mut borders = self.ends.iter().filter_map(neighbours);
        !self.reordered && borders.all(|(last, next)| names.compare(rows, last, next).is_le())
    }

    /// Shares all runs out by their keys: all runs of an owner into the same share, those of the first ones before
    /// those of the next.
    pub fn shares<'a>(&'a self, names: Names<'a>, rows: &'a [Row], shares: usize) -> Vec<Merged<'a>> {
        // As good as all of them.
        const SAMPLE: usize = 1 << 10;
        let step = 1 + self.runs.len() / SAMPLE;
        let mut sample: Vec<Key> = self.runs.iter().step_by(step).map(|run| run.key).collect();
        sample.sort_unstable();
        let mut rest = self.stretches();
        let bounds = (1..shares).filter_map(|share| sample.get(sample.len() * share / shares).copied());
        let mut shared: Vec<Merged<'a>> = Vec::with_capacity(shares);
        for bound in bounds {
            let (own, others) = rest
                .into_iter()
                .map(|stretch| stretch.split_at(stretch.partition_point(|run| run.key < bound)))
                .unzip();
            shared.push(Merged::new(names, rows, own));
            rest = others;
        }
        shared.push(Merged::new(names, rows, rest));
        shared
    }

    fn stretches(&self) -> Vec<&[Run]> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).map(|(start, end)| self.runs.get(start..*end).unwrap_or_default()).collect()
    }
}

/// Goes through the runs of several stretches in the order of all; through those of one owner as they came.
///
/// The stretches play a tournament of which the winner is next. Only the matches of the one that won last are played
/// again: of the others the result stands.
pub struct Merged<'a> {
    names: Names<'a>,
    rows: &'a [Row],
    /// What is left of each stretch, behind the run that plays.
    rest: Vec<&'a [Run]>,
    /// First the winner; then the loser of each match. The winners of the matches `2 * n` and `2 * n + 1` meet in the
    /// match `n`; stretches come in below the matches.
    places: Vec<Player>,
}

/// The next run of a stretch; none is left where it is at its end.
#[derive(Clone, Copy)]
struct Player {
    run: Option<Run>,
    stretch: usize,
}

impl<'a> Merged<'a> {
    fn new(names: Names<'a>, rows: &'a [Row], stretches: Vec<&'a [Run]>) -> Merged<'a> {
        let (players, rest): (Vec<Player>, Vec<&[Run]>) = stretches
            .into_iter()
            .filter_map(|stretch| stretch.split_first())
            .enumerate()
            .map(|(stretch, (run, rest))| (Player { run: Some(*run), stretch }, rest))
            .unzip();
        let mut merged = Merged { names, rows, rest, places: players.clone() };
        // The winner of each place, those that come in below all matches.
        let mut winners = [players.clone(), players].concat();
        for place in (1..merged.places.len()).rev() {
            let (Some(a), Some(b)) = (winners.get(2 * place), winners.get(2 * place + 1)) else { break };
            let (winner, loser) = if merged.is_before(a, b) { (*a, *b) } else { (*b, *a) };
            merged.places.iter_mut().skip(place).take(1).for_each(|at| *at = loser);
            winners.iter_mut().skip(place).take(1).for_each(|at| *at = winner);
        }
        merged.places.iter_mut().zip(winners.get(1)).for_each(|(first, winner)| *first = *winner);
        merged
    }

    /// How many rows the runs have.
    pub fn row_count(&self) -> usize {
        let next = self.places.iter().filter_map(|player| player.run.as_ref());
        let runs = self.rest.iter().flat_map(|stretch| *stretch).chain(next);
        runs.map(|run| usize::from(run.count)).sum()
    }

    #[inline]
    fn is_before(&self, a: &Player, b: &Player) -> bool {
        match (&a.run, &b.run) {
            (Some(first), Some(second)) => {
                self.names.compare(self.rows, first, second).then(a.stretch.cmp(&b.stretch)).is_lt()
            }
            (first, _) => first.is_some(),
        }
    }
}

impl Iterator for Merged<'_> {
    type Item = Run;

    fn next(&mut self) -> Option<Run> {
        let Player { run, stretch } = *self.places.first()?;
        let run = run?;
        let rest = self.rest.get_mut(stretch)?;
        let (next, others) = rest.split_first().map_or((None, *rest), |(next, others)| (Some(*next), others));
        *rest = others;
        let mut winner = Player { run: next, stretch };
        let mut place = (self.places.len() + stretch) / 2;
        while place > 0 {
            let loser = self.places.get(place)?;
            if self.is_before(loser, &winner) {
                std::mem::swap(self.places.get_mut(place)?, &mut winner);
            }
            place /= 2;
        }
        *self.places.first_mut()? = winner;
        Some(run)
    }
}
