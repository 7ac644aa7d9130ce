namespace Distiller.Core.Settings;

/// <summary>
/// Marks a property of an options record as a setting: <c>--name</c> on the command line, <c>name</c> in YAML. The property
/// says everything else: its initial value is the default, <see cref="System.ComponentModel.DataAnnotations.RangeAttribute"/>
/// the range.
/// </summary>
/// <param name="name">In kebab case.</param>
/// <param name="words">What it is, in one sentence without the full stop, for <c>--help</c>.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SettingAttribute(string name, string words) : Attribute
{
    public string Name { get; } = name;

    public string Words { get; } = words;
}
