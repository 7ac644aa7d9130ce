using Distiller.Core;
using Distiller.Training.Torch;

namespace Distiller.Gpu.Tests;

/// <summary>The CUDA device, or a test that is skipped with the reason.</summary>
internal static class Gpu
{
    public static Device Device
    {
        get
        {
            try
            {
                if (!TorchInfo.IsCudaAvailable)
                {
                    Assert.Ignore($"libtorch {TorchInfo.Version} sees no CUDA device here.");
                }
            }
            catch (BadInputException e)
            {
                Assert.Ignore($"libtorch cannot be loaded: {e.Reason}");
            }

            return Device.Parse("cuda:0");
        }
    }
}
