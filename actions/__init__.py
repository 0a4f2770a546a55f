"""What Rasa's rules call: the centre's answers, the menus, login and hand-off. One file per topic."""
