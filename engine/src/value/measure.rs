//! How large a value is, as if nothing in it were shared.
//!
//! Lists and maps are shared, so a few kilobytes of memory can stand for more values than there are atoms. Whoever
//! prints, compares or sends a value that may be such a one measures it first; the walk ends at the limit.

use super::Value;

/// How deep lists and maps may nest in a value that an expression makes.
pub const MAX_DEPTH: usize = 128;

/// What a value takes beside its text, in bytes.
const OVERHEAD: usize = 16;

impl Value {
    /// Returns its size in bytes, text and keys included; none if that is more than `limit`, or if it nests deeper than
    /// [`MAX_DEPTH`].
    #[must_use]
    pub fn bytes_within(&self, limit: usize) -> Option<usize> {
        let mut left = limit;
        self.measure(&mut left, MAX_DEPTH)?;
        Some(limit - left)
    }

    fn measure(&self, left: &mut usize, depth: usize) -> Option<()> {
        let own = match self {
            Self::Text(text) => text.len(),
            Self::Artifact(artifact) => artifact.path.len() + size_of::<super::Artifact>(),
            Self::Null
            | Self::Bool(_)
            | Self::Int(_)
            | Self::Float(_)
            | Self::Duration(_)
            | Self::Size(_)
            | Self::Time(_)
            | Self::List(_)
            | Self::Map(_) => 0,
        };
        *left = left.checked_sub(own + OVERHEAD)?;
        match self {
            Self::List(items) => {
                let depth = depth.checked_sub(1)?;
                items.iter().try_for_each(|item| item.measure(left, depth))
            }
            Self::Map(entries) => {
                let depth = depth.checked_sub(1)?;
                entries.iter().try_for_each(|(key, value)| {
                    *left = left.checked_sub(key.len() + OVERHEAD)?;
                    value.measure(left, depth)
                })
            }
            Self::Null
            | Self::Bool(_)
            | Self::Int(_)
            | Self::Float(_)
            | Self::Text(_)
            | Self::Duration(_)
            | Self::Size(_)
            | Self::Time(_)
            | Self::Artifact(_) => Some(()),
        }
    }
}
