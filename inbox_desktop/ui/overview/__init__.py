"""The overview pane: the customer, the ticket's facts and tags, and the customer's other tickets."""
