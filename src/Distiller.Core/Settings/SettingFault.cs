namespace Distiller.Core.Settings;

/// <summary>Why a text is no value of a setting.</summary>
/// <param name="Reason">One sentence.</param>
/// <param name="Remedy">One sentence: which values there are.</param>
public sealed record SettingFault(string Reason, string Remedy);
