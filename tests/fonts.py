"""The fonts that people have: a page is looked at in each family in turn, not only in what this machine prefers."""
from needs import give_up

FAMILIES = {  # for texts, and for code
    "DejaVu": ("DejaVu Sans", "DejaVu Sans Mono"),
    "Liberation": ("Liberation Sans", "Liberation Mono"),
    "Noto": ("Noto Sans", "Noto Sans Mono"),
}
WIDEST = "Noto"
PACKAGES = "fonts-dejavu fonts-liberation fonts-noto-core fonts-noto-mono"  # Debian's; .ci/run installs them

# A font that a machine lacks takes the width of whatever comes after it.
INSTALLED = """font => {
    const pen = new OffscreenCanvas(1, 1).getContext('2d');
    const widths = ['serif', 'monospace'].map(other => {
        pen.font = `40px '${font}', ${other}`;
        return pen.measureText('mmmiii').width;
    });
    return widths[0] == widths[1];
}"""
CHOOSE = """([text, code]) => {
    let style = document.getElementById('chosen-fonts');
    if (!style) {
        style = document.head.appendChild(document.createElement('style'));
        style.id = 'chosen-fonts';
    }
    style.textContent = `
        :not(mjx-container, mjx-container *, math, math *, .fa, .fa *) { font-family: '${text}' !important; }
        :is(pre, pre *, code, kbd, .cm-editor, .cm-editor *) { font-family: '${code}' !important; }`;
}"""


def choose(page, family):
    """Set a page in a family of fonts, but for its formulas and icons; None: in the page's own fonts again."""
    if family is None:
        page.evaluate("() => document.getElementById('chosen-fonts').remove()")
        return
    for font in FAMILIES[family]:
        if not page.evaluate(INSTALLED, font):
            give_up(f"this machine has no {font} (on Debian: apt install {PACKAGES})")
    page.evaluate(CHOOSE, FAMILIES[family])
