"""The composer: replies and private notes, their drafts, recipients and files."""
