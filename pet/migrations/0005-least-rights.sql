-- What the application never does it has no right to: a secret is made once, and what the feed says is not reworded.

revoke update, delete on identity.secret from pet;
revoke update on activity.entry from pet;
