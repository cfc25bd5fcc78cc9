"""Reading mentoring: schemes, participants, matching, mentorships, concerns."""
