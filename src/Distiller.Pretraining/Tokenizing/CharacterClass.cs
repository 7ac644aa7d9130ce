namespace Distiller.Pretraining.Tokenizing;

/// <summary>What the pre-tokenizer distinguishes.</summary>
internal enum CharacterClass
{
    /// <summary>Behind the end of a text.</summary>
    None,
    Letter,
    Number,
    WhiteSpace,

    /// <summary>Everything else, unassigned code points and lone surrogates among them.</summary>
    Other,
}
