"""The screens of fieldkit: everything that knows Textual lives here.

Floors inside: ``app`` over ``screens`` over ``widgets``; a widget sees neither app nor workspace.
"""
