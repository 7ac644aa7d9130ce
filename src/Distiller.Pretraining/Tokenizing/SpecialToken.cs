namespace Distiller.Pretraining.Tokenizing;

/// <summary>A token that stands for a text as a whole.</summary>
/// <param name="Text">Two or more printable ASCII characters, no space.</param>
public sealed record SpecialToken(string Text, SpecialTokenKind Kind)
{
    public const string EndOfText = "<|endoftext|>";
    public const string MessageStart = "<|im_start|>";
    public const string MessageEnd = "<|im_end|>";

    /// <summary>
    /// The special tokens of an agent that uses ChatML and calls tools; a token's id is its index in this list.
    /// </summary>
    public static IReadOnlyList<SpecialToken> OfAgents { get; } =
    [
        new(EndOfText, SpecialTokenKind.Control),
        new(MessageStart, SpecialTokenKind.Control),
        new(MessageEnd, SpecialTokenKind.Control),
        new("<tool_call>", SpecialTokenKind.UserDefined),
        new("</tool_call>", SpecialTokenKind.UserDefined),
        new("<tool_response>", SpecialTokenKind.UserDefined),
        new("</tool_response>", SpecialTokenKind.UserDefined),
    ];
}

/// <summary>How a token that is not made of merges is treated.</summary>
public enum SpecialTokenKind
{
    /// <summary>Read only where that is asked for, and not part of a text: <c>&lt;|im_end|&gt;</c>.</summary>
    Control,

    /// <summary>One token wherever its text stands, and written as that text: <c>&lt;tool_call&gt;</c>.</summary>
    UserDefined,
}
