namespace Distiller.Pretraining.Tokenizing;

/// <summary>How a token that is not made of merges is treated.</summary>
public enum SpecialTokenKind
{
    /// <summary>Read only where that is asked for, and not part of a text: <c>&lt;|im_end|&gt;</c>.</summary>
    Control,

    /// <summary>One token wherever its text stands, and written as that text: <c>&lt;tool_call&gt;</c>.</summary>
    UserDefined,
}
