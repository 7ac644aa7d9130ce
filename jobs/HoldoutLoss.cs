namespace Distiller.Jobs;

/// <summary>Nats per completion token on held-out episodes, in llama.cpp.</summary>
public sealed record HoldoutLoss(double Base, double AdapterF16, double AdapterInt4);
