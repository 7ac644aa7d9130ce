namespace Distiller.Evaluation;

/// <summary>How the tool call that a model generates compares with the one in the log.</summary>
public enum CallVerdict
{
    /// <summary>Nothing was generated at this step.</summary>
    NotMeasured,

    /// <summary>The text holds no tool call.</summary>
    NoCall,

    /// <summary>It begins one whose JSON cannot be read; a call cut off by the length limit is one of these.</summary>
    BrokenJson,

    OtherName,

    /// <summary>The same tool with other arguments.</summary>
    OtherArguments,

    /// <summary>The same tool with equal arguments, whatever their order and spacing.</summary>
    Same,
}
