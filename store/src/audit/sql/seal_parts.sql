SELECT no, segment, events, root FROM skynet.seal_parts WHERE no = ANY($1) ORDER BY no, segment
