global using Distiller.Core;
global using Distiller.Lake;
