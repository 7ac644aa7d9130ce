using System.CommandLine;
using Distiller.Core.Settings;

namespace Distiller.Cli.Settings;

/// <summary>One setting of an options record on the command line.</summary>
internal sealed class SettingOption : Option<string?>
{
    /// <param name="value">By default; null: there is none.</param>
    public SettingOption(Setting setting, string? value)
        : base(setting.Option)
    {
        Setting = setting;
        Description = setting.Description;
        if (setting.Choices.Count > 0)
        {
            HelpName = string.Join('|', setting.Choices);
        }

        if (value is not null)
        {
            DefaultValueFactory = _ => value;
        }

        Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>() is { } text && setting.FaultOf(text) is { } fault)
            {
                result.AddError($"{Name}: {fault.Reason} {fault.Remedy}");
            }
        });
    }

    public Setting Setting { get; }
}
