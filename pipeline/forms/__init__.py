"""What register pages look like, and which of them a page is."""

from pipeline.forms.form import Block, Form, Label, all_forms, label_of, load_form

__all__ = ["Block", "Form", "Label", "all_forms", "label_of", "load_form"]
