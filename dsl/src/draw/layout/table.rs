//! A list that is read by number and gives the default where it has none, so that no number can end the program.

/// A list read by number.
#[derive(Clone, Debug)]
pub(super) struct Table<T>(pub(super) Vec<T>);

impl<T: Clone + Default> Table<T> {
    /// Makes a list of defaults.
    pub(super) fn new(count: usize) -> Self {
        Self(vec![T::default(); count])
    }

    /// Sets an entry.
    pub(super) fn put(&mut self, number: usize, value: T) {
        if let Some(slot) = self.0.get_mut(number) {
            *slot = value;
        }
    }
}

impl<T: Copy + Default> Table<T> {
    /// Returns an entry.
    pub(super) fn at(&self, number: usize) -> T {
        self.0.get(number).copied().unwrap_or_default()
    }

    /// Returns all entries in order.
    pub(super) fn iter(&self) -> impl Iterator<Item = T> {
        self.0.iter().copied()
    }
}

impl Table<Vec<usize>> {
    /// Returns a list of numbers.
    pub(super) fn of(&self, number: usize) -> &[usize] {
        self.0.get(number).map(Vec::as_slice).unwrap_or_default()
    }

    /// Adds to a list of numbers.
    pub(super) fn push(&mut self, number: usize, value: usize) {
        if let Some(list) = self.0.get_mut(number) {
            list.push(value);
        }
    }
}
