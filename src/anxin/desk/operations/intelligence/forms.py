"""What somebody proposes: a file of signatures, a feed, or another platform's indicators."""

from __future__ import annotations

from django import forms

from anxin.desk.foundation.ui.words import Words, say_later

NAME = r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}"
LONGEST_FILE = 16 * 1024 * 1024
SOURCES = (
    ("signatures", Words("特征文件（YAML）", "File of signatures (YAML)")),
    ("feed", Words("数据源（每行一个、hosts 或 CSV）", "Feed (one a line, hosts file or CSV)")),
    ("indicators", Words("其他平台共享的指标（JSON 行）", "Indicators of another platform (JSON lines)")),
)
CONFIDENCES = (("low", Words("低", "low")), ("medium", Words("中", "medium")), ("high", Words("高", "high")))


class ProposalForm(forms.Form):
    """One proposal."""

    source = forms.ChoiceField(
        label=say_later(Words("内容", "What it is")), choices=[(code, say_later(words)) for code, words in SOURCES]
    )
    text = forms.CharField(
        label=say_later(Words("粘贴内容", "Paste it")),
        required=False,
        widget=forms.Textarea(attrs={"rows": 12, "class": "signature-source", "spellcheck": "false"}),
    )
    file = forms.FileField(label=say_later(Words("或选择文件", "Or choose a file")), required=False)
    name = forms.RegexField(
        regex=rf"^{NAME}$",
        label=say_later(Words("数据源名称", "Name of the feed")),
        help_text=say_later(Words("仅数据源需要", "Only a feed needs one")),
        required=False,
    )
    confidence = forms.ChoiceField(
        label=say_later(Words("数据源置信度", "Confidence of the feed")),
        choices=[(code, say_later(words)) for code, words in CONFIDENCES],
        initial="medium",
    )

    def written(self) -> str:
        """Return the text of the file, else what was pasted; half characters are replaced."""
        given = self.cleaned_data.get("file")
        if given is not None:
            content: bytes = given.read(LONGEST_FILE + 1)
            return content.decode("utf-8", "replace")
        return str(self.cleaned_data["text"])


class ShareForm(forms.Form):
    """The circle to share with, and its secret."""

    circle = forms.RegexField(regex=rf"^{NAME}$", label=say_later(Words("圈子", "Circle")))
    secret = forms.CharField(
        label=say_later(Words("共享密钥（至少 16 个字符）", "Shared secret (16 characters or more)")),
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        max_length=200,
    )
