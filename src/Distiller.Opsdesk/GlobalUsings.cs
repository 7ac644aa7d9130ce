global using Distiller.Core;
