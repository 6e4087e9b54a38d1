//! A Merkle tree over digests as they come, as RFC 6962 builds it: the memory it needs grows with the logarithm.

use sha2::{Digest as _, Sha256};
use uuid::Uuid;

/// A tree.
#[derive(Debug, Default)]
pub(super) struct Tree {
    /// The roots of whole trees, each smaller than the one before: its height, its hash.
    whole: Vec<(u32, [u8; 32])>,
    /// How many leaves there are.
    pub(super) count: u64,
}

impl Tree {
    /// Adds a leaf.
    pub(super) fn add(&mut self, parts: &[&[u8]]) {
        let mut hash = Sha256::new();
        hash.update([0]);
        parts.iter().for_each(|part| hash.update(part));
        let mut node = (0, hash.finalize().into());
        while let Some((height, left)) = self.whole.pop_if(|(height, _)| *height == node.0) {
            node = (height + 1, join(&left, &node.1));
        }
        self.whole.push(node);
        self.count += 1;
    }

    /// Adds an event by its hash.
    pub(super) fn add_event(&mut self, job: Uuid, seq: i32, hash: &[u8]) {
        self.add(&[job.as_bytes(), &seq.to_be_bytes(), hash]);
    }

    /// Returns the root; of no leaves it is the digest of nothing.
    pub(super) fn root(&self) -> [u8; 32] {
        let mut nodes = self.whole.iter().rev().map(|(_, hash)| *hash);
        let Some(last) = nodes.next() else { return Sha256::digest([]).into() };
        nodes.fold(last, |right, left| join(&left, &right))
    }
}

fn join(left: &[u8; 32], right: &[u8; 32]) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update([1]);
    hash.update(left);
    hash.update(right);
    hash.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::Tree;
    use engine::id::Digest;

    /// The roots of the first test vectors of Certificate Transparency.
    #[test]
    fn roots_are_those_of_rfc_6962() {
        let leaves: [&[u8]; 8] = [
            b"",
            b"\x00",
            b"\x10",
            b"\x20\x21",
            b"\x30\x31",
            b"\x40\x41\x42\x43",
            b"\x50\x51\x52\x53\x54\x55\x56\x57",
            b"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
        ];
        let roots = [
            (0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            (1, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"),
            (2, "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"),
            (3, "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"),
            (5, "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4"),
            (8, "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"),
        ];
        for (count, root) in roots {
            let mut tree = Tree::default();
            leaves.iter().take(count).for_each(|leaf| tree.add(&[leaf]));
            assert_eq!(Digest(tree.root()).to_string(), root, "of {count}");
        }
    }
}
