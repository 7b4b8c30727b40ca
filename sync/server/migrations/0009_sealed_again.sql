-- Words that a device had sealed come back to the change they belong to; its hash proves that they are the same.
grant update (change, reason) on quarantine to fieldkit_central;
