using System.Runtime.CompilerServices;

namespace Distiller.Training.Torch;

/// <summary>Parses the names of devices: the CPU or one CUDA device. Parsing loads libtorch.</summary>
public static class Devices
{
    extension(Device device)
    {
        public static Device Cpu => Loaded("cpu");

        public bool IsCuda => device.type == DeviceType.CUDA;

        /// <summary><c>cpu</c>, <c>cuda</c> or <c>cuda:n</c>.</summary>
        /// <exception cref="BadInputException">
        /// The name is none of these, this machine lacks the device, or libtorch cannot be loaded.
        /// </exception>
        public static Device Parse(string text) =>
            text is "cpu" ? Loaded(text)
            : IndexOf(text) is not { } index ? throw Bad($"'{text}' is not a device.", "Say cpu, cuda or cuda:N.")
            : index < TorchInfo.CudaDevices ? Loaded($"cuda:{index}")
            : throw Bad(
                $"There is no CUDA device '{text}' that libtorch {TorchInfo.Version} sees.",
                "Say cpu, or see doctor: a GPU needs a libtorch with CUDA (DISTILLER_TORCH) and NVIDIA's driver."
            );
    }

    private static int? IndexOf(string text) =>
        text is "cuda" ? 0
        : text.StartsWith("cuda:", StringComparison.Ordinal) && byte.TryParse(text.AsSpan(5), out var n) ? n
        : null;

    private static BadInputException Bad(string reason, string remedy) =>
        new(SourceLocation.Option("--device"), reason, remedy);

    private static Device Loaded(string text)
    {
        TorchLibrary.Load();
        return Of(text);
    }

    // In a method of its own, so that no static constructor of TorchSharp runs before the library is loaded.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Device Of(string text) => torch.device(text);
}
