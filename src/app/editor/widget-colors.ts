/** The colours of the app (`tokens.css`) that Monaco's own widgets are drawn in. */
interface WidgetColors {
  readonly raised: string;
  readonly text: string;
  readonly quiet: string;
  readonly border: string;
  readonly strong: string;
  readonly sunken: string;
  readonly hover: string;
  readonly selected: string;
  readonly onSelected: string;
  readonly accent: string;
  readonly shadow: string;
  readonly focus: string;
  readonly red: string;
  readonly button: string;
}

/** Finding, suggestions, menus, hovers, the command palette and peeking, in the colours of the app. */
export function widgetColors(of: WidgetColors): Record<string, string> {
  return {
    foreground: of.text,
    descriptionForeground: of.quiet,
    disabledForeground: of.quiet,
    'icon.foreground': of.quiet,
    focusBorder: of.focus,
    'widget.shadow': of.shadow,
    'widget.border': of.border,
    'editorWidget.background': of.raised,
    'editorWidget.foreground': of.text,
    'editorWidget.border': of.border,
    'editorWidget.resizeBorder': of.border,
    'input.background': of.sunken,
    'input.foreground': of.text,
    'input.border': of.strong,
    'input.placeholderForeground': of.quiet,
    'inputOption.activeBackground': of.selected,
    'inputOption.activeForeground': of.onSelected,
    'inputOption.activeBorder': of.focus,
    'inputOption.hoverBackground': of.hover,
    'inputValidation.errorBackground': of.raised,
    'inputValidation.errorBorder': of.red,
    'toolbar.hoverBackground': of.hover,
    'editorSuggestWidget.background': of.raised,
    'editorSuggestWidget.border': of.border,
    'editorSuggestWidget.foreground': of.text,
    'editorSuggestWidget.selectedBackground': of.selected,
    'editorSuggestWidget.selectedForeground': of.onSelected,
    'editorSuggestWidget.selectedIconForeground': of.onSelected,
    'editorSuggestWidget.highlightForeground': of.accent,
    'editorSuggestWidget.focusHighlightForeground': of.accent,
    'editorHoverWidget.background': of.raised,
    'editorHoverWidget.foreground': of.text,
    'editorHoverWidget.border': of.border,
    'editorHoverWidget.statusBarBackground': of.sunken,
    'menu.background': of.raised,
    'menu.foreground': of.text,
    'menu.border': of.border,
    'menu.separatorBackground': of.border,
    'menu.selectionBackground': of.selected,
    'menu.selectionForeground': of.onSelected,
    'quickInput.background': of.raised,
    'quickInput.foreground': of.text,
    'quickInputTitle.background': of.sunken,
    'quickInputList.focusBackground': of.selected,
    'quickInputList.focusForeground': of.onSelected,
    'quickInputList.focusIconForeground': of.onSelected,
    'pickerGroup.border': of.border,
    'pickerGroup.foreground': of.accent,
    'list.hoverBackground': of.hover,
    'list.activeSelectionBackground': of.selected,
    'list.activeSelectionForeground': of.onSelected,
    'list.focusBackground': of.selected,
    'list.focusForeground': of.onSelected,
    'list.inactiveSelectionBackground': of.hover,
    'list.highlightForeground': of.accent,
    'list.focusHighlightForeground': of.accent,
    'keybindingLabel.background': of.sunken,
    'keybindingLabel.foreground': of.text,
    'keybindingLabel.border': of.border,
    'keybindingLabel.bottomBorder': of.border,
    'button.background': of.button,
    'button.foreground': '#ffffff',
    'textLink.foreground': of.accent,
    'textLink.activeForeground': of.accent,
    'peekView.border': of.focus,
    'peekViewEditor.background': of.sunken,
    'peekViewEditorGutter.background': of.sunken,
    'peekViewResult.background': of.raised,
    'peekViewResult.fileForeground': of.text,
    'peekViewResult.lineForeground': of.quiet,
    'peekViewResult.selectionBackground': of.selected,
    'peekViewResult.selectionForeground': of.onSelected,
    'peekViewTitle.background': of.raised,
    'peekViewTitleLabel.foreground': of.text,
    'peekViewTitleDescription.foreground': of.quiet,
  };
}
