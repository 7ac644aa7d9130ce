namespace Distiller.Training.Lora;

/// <summary>Which of a layer's seven weights get an adapter.</summary>
[Flags]
public enum LoraTargets
{
    None = 0,
    Query = 1,
    Key = 2,
    Value = 4,
    Output = 8,
    Gate = 16,
    Up = 32,
    Down = 64,
    Attention = Query | Key | Value | Output,
    FeedForward = Gate | Up | Down,
    All = Attention | FeedForward,
}
