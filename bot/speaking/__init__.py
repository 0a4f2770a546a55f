"""From text to sound: spoken form, synthesiser, stored prompts, loudness."""
