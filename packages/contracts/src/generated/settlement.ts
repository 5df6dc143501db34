// Generated from solidity/OblivionSettlement.sol by packages/contracts/generate.ts. Do not edit.

/** ABI of OblivionSettlement. */
export const settlementAbi = [
  {
    "type": "constructor",
    "inputs": [
      {
        "name": "token_",
        "type": "address",
        "internalType": "contract IERC20"
      },
      {
        "name": "roles",
        "type": "tuple",
        "internalType": "struct IStewards.Roles",
        "components": [
          {
            "name": "settler",
            "type": "address",
            "internalType": "address"
          },
          {
            "name": "guardian",
            "type": "address",
            "internalType": "address"
          },
          {
            "name": "admin",
            "type": "address",
            "internalType": "address"
          },
          {
            "name": "treasury",
            "type": "address",
            "internalType": "address"
          }
        ]
      },
      {
        "name": "terms",
        "type": "tuple",
        "internalType": "struct IStewards.Terms",
        "components": [
          {
            "name": "exitDelay",
            "type": "uint256",
            "internalType": "uint256"
          },
          {
            "name": "exitWindow",
            "type": "uint256",
            "internalType": "uint256"
          },
          {
            "name": "maxPause",
            "type": "uint256",
            "internalType": "uint256"
          },
          {
            "name": "cadence",
            "type": "uint256",
            "internalType": "uint256"
          },
          {
            "name": "chargeCap",
            "type": "uint256",
            "internalType": "uint256"
          },
          {
            "name": "claimCap",
            "type": "uint256",
            "internalType": "uint256"
          },
          {
            "name": "defaultDailyCap",
            "type": "uint256",
            "internalType": "uint256"
          },
          {
            "name": "maxFeeBps",
            "type": "uint256",
            "internalType": "uint256"
          }
        ]
      }
    ],
    "stateMutability": "nonpayable"
  },
  {
    "type": "function",
    "name": "admin",
    "inputs": [],
    "outputs": [
      {
        "name": "",
        "type": "address",
        "internalType": "address"
      }
    ],
    "stateMutability": "view"
  },
  {
    "type": "function",
    "name": "cadence",
    "inputs": [],
    "outputs": [
      {
        "name": "",
        "type": "uint256",
        "internalType": "uint256"
      }
    ],
    "stateMutability": "view"
  },
  {
    "type": "function",
    "name": "cancel",
    "inputs": [
      {
        "name": "change",
        "type": "uint8",
        "internalType": "enum IStewards.Change"
      }
    ],
    "outputs": [],
    "stateMutability": "nonpayable"
  },
  {
    "type": "function",
    "name": "cancelExit",
    "inputs": [],
    "outputs": [],
    "stateMutability": "nonpayable"
  },
  {
    "type": "function",
    "name": "changeDelay",
    "inputs": [],
    "outputs": [
      {
        "name": "",
        "type": "uint256",
        "internalType": "uint256"
      }
    ],
    "stateMutability": "view"
  },
  {
    "type": "function",
    "name": "changeOf",
    "inputs": [
      {
        "name": "change",
        "type": "uint8",
        "internalType": "enum IStewards.Change"
      }
    ],
    "outputs": [
      {
        "name": "value",
        "type": "uint256",
        "internalType": "uint256"
      },
      {
        "name": "executableAt",
        "type": "uint256",
        "internalType": "uint256"
      },
      {
        "name": "lapsesAt",
        "type": "uint256",
        "internalType": "uint256"
      }
    ],
    "stateMutability": "view"
  },
  {
    "type": "function",
    "name": "charge",
    "inputs": [
      {
        "name": "charges",
        "type": "tuple[]",
        "internalType": "struct ICustomers.Charge[]",
        "components": [
          {
            "name": "customer",
            "type": "address",
            "internalType": "address"
          },
          {
            "name": "cumulative",
            "type": "uint256",
            "internalType": "uint256"
          },
          {
            "name": "cumulativeFee",
            "type": "uint256",
            "internalType": "uint256"
          }
        ]
      },
      {
        "name": "signature",
        "type": "bytes",
        "internalType": "bytes"
      }
    ],
    "outputs": [],
    "stateMutability": "nonpayable"
  },
  {
    "type": "function",
    "name": "chargeCap",
    "inputs": [],
    "outputs": [
      {
        "name": "",
        "type": "uint256",
        "internalType": "uint256"
      }
    ],
    "stateMutability": "view"
  },
  {
    "type": "function",
    "name": "chargeable",
    "inputs": [],
    "outputs": [
      {
        "name": "",
        "type": "uint256",
        "internalType": "uint256"
      }
    ],
    "stateMutability": "view"
  },
  {
    "type": "function",
    "name": "chargedFeeOf",
    "inputs": [
      {
        "name": "customer",
        "type": "address",
        "internalType": "address"
      }
    ],
    "outputs": [
      {
        "name": "",
        "type": "uint256",
        "internalType": "uint256"
      }
    ],
    "stateMutability": "view"
  },
  {
    "type": "function",
    "name": "chargedOf",
    "inputs": [
      {
        "name": "customer",
        "type": "address",
        "internalType": "address"
      }
    ],
    "outputs": [
      {
        "name": "",
        "type": "uint256",
        "internalType": "uint256"
      }
    ],
    "stateMutability": "view"
  },
  {
    "type": "function",
    "name": "claim",
    "inputs": [
      {
        "name": "provider",
        "type": "address",
        "internalType": "address"
      },
      {
        "name": "cumulative",
        "type": "uint256",
        "internalType": "uint256"
      },
      {
        "name": "signature",
        "type": "bytes",
        "internalType": "bytes"
      }
    ],
    "outputs": [],
    "stateMutability": "nonpayable"
  },
  {
    "type": "function",
    "name": "claimBatch",
    "inputs": [
      {
        "name": "vouchers",
        "type": "tuple[]",
        "internalType": "struct IProviders.Voucher[]",
        "components": [
          {
            "name": "provider",
            "type": "address",
            "internalType": "address"
          },
          {
            "name": "cumulative",
            "type": "uint256",
            "internalType": "uint256"
          }
        ]
      },
      {
        "name": "signature",
        "type": "bytes",
        "internalType": "bytes"
      }
    ],
    "outputs": [],
    "stateMutability": "nonpayable"
  },
  {
    "type": "function",
    "name": "claimCap",
    "inputs": [],
    "outputs": [
      {
        "name": "",
        "type": "uint256",
        "internalType": "uint256"
      }
    ],
    "stateMutability": "view"
  },
  {
    "type": "function",
    "name": "claimTo",
    "inputs": [
      {
        "name": "to",
        "type": "address",
        "internalType": "address"
      },
      {
        "name": "cumulative",
        "type": "uint256",
        "internalType": "uint256"
      },
      {
        "name": "signature",
        "type": "bytes",
        "internalType": "bytes"
      }
    ],
    "outputs": [],
    "stateMutability": "nonpayable"
  },
  {
    "type": "function",
    "name": "claimable",
    "inputs": [],
    "outputs": [
      {
        "name": "",
        "type": "uint256",
        "internalType": "uint256"
      }
    ],
    "stateMutability": "view"
  },
  {
    "type": "function",
    "name": "collectFees",
    "inputs": [],
    "outputs": [],
    "stateMutability": "nonpayable"
  },
  {
    "type": "function",
    "name": "customerOf",
    "inputs": [
      {
        "name": "customer",
        "type": "address",
        "internalType": "address"
      }
    ],
    "outputs": [
      {
        "name": "",
        "type": "tuple",
        "internalType": "struct ICustomers.Customer",
        "components": [
          {
            "name": "escrow",
            "type": "uint256",
            "internalType": "uint256"
          },
          {
            "name": "charged",
            "type": "uint256",
            "internalType": "uint256"
          },
          {
            "name": "chargedFee",
            "type": "uint256",
            "internalType": "uint256"
          },
          {
            "name": "dailyCap",
            "type": "uint256",
            "internalType": "uint256"
          },
          {
            "name": "chargeable",
            "type": "uint256",
            "internalType": "uint256"
          },
          {
            "name": "raisedCap",
            "type": "uint256",
            "internalType": "uint256"
          },
          {
            "name": "raisedAt",
            "type": "uint256",
            "internalType": "uint256"
          },
          {
            "name": "exiting",
            "type": "uint256",
            "internalType": "uint256"
          },
          {
            "name": "exitRipeAt",
            "type": "uint256",
            "internalType": "uint256"
          },
          {
            "name": "exitLapsesAt",
            "type": "uint256",
            "internalType": "uint256"
          }
        ]
      }
    ],
    "stateMutability": "view"
  },
  {
    "type": "function",
    "name": "defaultDailyCap",
    "inputs": [],
    "outputs": [
      {
        "name": "",
        "type": "uint256",
        "internalType": "uint256"
      }
    ],
    "stateMutability": "view"
  },
  {
    "type": "function",
    "name": "deposit",
    "inputs": [
      {
        "name": "amount",
        "type": "uint256",
        "internalType": "uint256"
      }
    ],
    "outputs": [],
    "stateMutability": "nonpayable"
  },
  {
    "type": "function",
    "name": "depositWithPermit",
    "inputs": [
      {
        "name": "amount",
        "type": "uint256",
        "internalType": "uint256"
      },
      {
        "name": "deadline",
        "type": "uint256",
        "internalType": "uint256"
      },
      {
        "name": "v",
        "type": "uint8",
        "internalType": "uint8"
      },
      {
        "name": "r",
        "type": "bytes32",
        "internalType": "bytes32"
      },
      {
        "name": "s",
        "type": "bytes32",
        "internalType": "bytes32"
      }
    ],
    "outputs": [],
    "stateMutability": "nonpayable"
  },
  {
    "type": "function",
    "name": "eip712Domain",
    "inputs": [],
    "outputs": [
      {
        "name": "fields",
        "type": "bytes1",
        "internalType": "bytes1"
      },
      {
        "name": "name",
        "type": "string",
        "internalType": "string"
      },
      {
        "name": "version",
        "type": "string",
        "internalType": "string"
      },
      {
        "name": "chainId",
        "type": "uint256",
        "internalType": "uint256"
      },
      {
        "name": "verifyingContract",
        "type": "address",
        "internalType": "address"
      },
      {
        "name": "salt",
        "type": "bytes32",
        "internalType": "bytes32"
      },
      {
        "name": "extensions",
        "type": "uint256[]",
        "internalType": "uint256[]"
      }
    ],
    "stateMutability": "view"
  },
  {
    "type": "function",
    "name": "escrowOf",
    "inputs": [
      {
        "name": "customer",
        "type": "address",
        "internalType": "address"
      }
    ],
    "outputs": [
      {
        "name": "",
        "type": "uint256",
        "internalType": "uint256"
      }
    ],
    "stateMutability": "view"
  },
  {
    "type": "function",
    "name": "execute",
    "inputs": [
      {
        "name": "change",
        "type": "uint8",
        "internalType": "enum IStewards.Change"
      }
    ],
    "outputs": [],
    "stateMutability": "nonpayable"
  },
  {
    "type": "function",
    "name": "exitDelay",
    "inputs": [],
    "outputs": [
      {
        "name": "",
        "type": "uint256",
        "internalType": "uint256"
      }
    ],
    "stateMutability": "view"
  },
  {
    "type": "function",
    "name": "exitWindow",
    "inputs": [],
    "outputs": [
      {
        "name": "",
        "type": "uint256",
        "internalType": "uint256"
      }
    ],
    "stateMutability": "view"
  },
  {
    "type": "function",
    "name": "fees",
    "inputs": [],
    "outputs": [
      {
        "name": "",
        "type": "uint256",
        "internalType": "uint256"
      }
    ],
    "stateMutability": "view"
  },
  {
    "type": "function",
    "name": "guardian",
    "inputs": [],
    "outputs": [
      {
        "name": "",
        "type": "address",
        "internalType": "address"
      }
    ],
    "stateMutability": "view"
  },
  {
    "type": "function",
    "name": "lower",
    "inputs": [
      {
        "name": "change",
        "type": "uint8",
        "internalType": "enum IStewards.Change"
      },
      {
        "name": "value",
        "type": "uint256",
        "internalType": "uint256"
      }
    ],
    "outputs": [],
    "stateMutability": "nonpayable"
  },
  {
    "type": "function",
    "name": "maxFeeBps",
    "inputs": [],
    "outputs": [
      {
        "name": "",
        "type": "uint256",
        "internalType": "uint256"
      }
    ],
    "stateMutability": "view"
  },
  {
    "type": "function",
    "name": "maxPause",
    "inputs": [],
    "outputs": [
      {
        "name": "",
        "type": "uint256",
        "internalType": "uint256"
      }
    ],
    "stateMutability": "view"
  },
  {
    "type": "function",
    "name": "pause",
    "inputs": [
      {
        "name": "duration",
        "type": "uint256",
        "internalType": "uint256"
      }
    ],
    "outputs": [],
    "stateMutability": "nonpayable"
  },
  {
    "type": "function",
    "name": "pauseLeft",
    "inputs": [],
    "outputs": [
      {
        "name": "",
        "type": "uint256",
        "internalType": "uint256"
      }
    ],
    "stateMutability": "view"
  },
  {
    "type": "function",
    "name": "pausedUntil",
    "inputs": [],
    "outputs": [
      {
        "name": "",
        "type": "uint256",
        "internalType": "uint256"
      }
    ],
    "stateMutability": "view"
  },
  {
    "type": "function",
    "name": "personalDelay",
    "inputs": [],
    "outputs": [
      {
        "name": "",
        "type": "uint256",
        "internalType": "uint256"
      }
    ],
    "stateMutability": "pure"
  },
  {
    "type": "function",
    "name": "pool",
    "inputs": [],
    "outputs": [
      {
        "name": "",
        "type": "uint256",
        "internalType": "uint256"
      }
    ],
    "stateMutability": "view"
  },
  {
    "type": "function",
    "name": "propose",
    "inputs": [
      {
        "name": "change",
        "type": "uint8",
        "internalType": "enum IStewards.Change"
      },
      {
        "name": "value",
        "type": "uint256",
        "internalType": "uint256"
      }
    ],
    "outputs": [],
    "stateMutability": "nonpayable"
  },
  {
    "type": "function",
    "name": "providerOf",
    "inputs": [
      {
        "name": "provider",
        "type": "address",
        "internalType": "address"
      }
    ],
    "outputs": [
      {
        "name": "",
        "type": "tuple",
        "internalType": "struct IProviders.Provider",
        "components": [
          {
            "name": "settled",
            "type": "uint256",
            "internalType": "uint256"
          },
          {
            "name": "payee",
            "type": "address",
            "internalType": "address"
          },
          {
            "name": "nextPayee",
            "type": "address",
            "internalType": "address"
          },
          {
            "name": "nextPayeeAt",
            "type": "uint256",
            "internalType": "uint256"
          }
        ]
      }
    ],
    "stateMutability": "view"
  },
  {
    "type": "function",
    "name": "requestExit",
    "inputs": [
      {
        "name": "amount",
        "type": "uint256",
        "internalType": "uint256"
      }
    ],
    "outputs": [],
    "stateMutability": "nonpayable"
  },
  {
    "type": "function",
    "name": "resume",
    "inputs": [],
    "outputs": [],
    "stateMutability": "nonpayable"
  },
  {
    "type": "function",
    "name": "revokeSettler",
    "inputs": [],
    "outputs": [],
    "stateMutability": "nonpayable"
  },
  {
    "type": "function",
    "name": "setDailyCap",
    "inputs": [
      {
        "name": "dailyCap",
        "type": "uint256",
        "internalType": "uint256"
      }
    ],
    "outputs": [],
    "stateMutability": "nonpayable"
  },
  {
    "type": "function",
    "name": "setPayee",
    "inputs": [
      {
        "name": "payee",
        "type": "address",
        "internalType": "address"
      }
    ],
    "outputs": [],
    "stateMutability": "nonpayable"
  },
  {
    "type": "function",
    "name": "settleBatch",
    "inputs": [
      {
        "name": "charges",
        "type": "tuple[]",
        "internalType": "struct ICustomers.Charge[]",
        "components": [
          {
            "name": "customer",
            "type": "address",
            "internalType": "address"
          },
          {
            "name": "cumulative",
            "type": "uint256",
            "internalType": "uint256"
          },
          {
            "name": "cumulativeFee",
            "type": "uint256",
            "internalType": "uint256"
          }
        ]
      },
      {
        "name": "vouchers",
        "type": "tuple[]",
        "internalType": "struct IProviders.Voucher[]",
        "components": [
          {
            "name": "provider",
            "type": "address",
            "internalType": "address"
          },
          {
            "name": "cumulative",
            "type": "uint256",
            "internalType": "uint256"
          }
        ]
      },
      {
        "name": "signature",
        "type": "bytes",
        "internalType": "bytes"
      }
    ],
    "outputs": [],
    "stateMutability": "nonpayable"
  },
  {
    "type": "function",
    "name": "settledOf",
    "inputs": [
      {
        "name": "provider",
        "type": "address",
        "internalType": "address"
      }
    ],
    "outputs": [
      {
        "name": "",
        "type": "uint256",
        "internalType": "uint256"
      }
    ],
    "stateMutability": "view"
  },
  {
    "type": "function",
    "name": "settler",
    "inputs": [],
    "outputs": [
      {
        "name": "",
        "type": "address",
        "internalType": "address"
      }
    ],
    "stateMutability": "view"
  },
  {
    "type": "function",
    "name": "token",
    "inputs": [],
    "outputs": [
      {
        "name": "",
        "type": "address",
        "internalType": "contract IERC20"
      }
    ],
    "stateMutability": "view"
  },
  {
    "type": "function",
    "name": "topUp",
    "inputs": [
      {
        "name": "amount",
        "type": "uint256",
        "internalType": "uint256"
      }
    ],
    "outputs": [],
    "stateMutability": "nonpayable"
  },
  {
    "type": "function",
    "name": "totalEscrow",
    "inputs": [],
    "outputs": [
      {
        "name": "",
        "type": "uint256",
        "internalType": "uint256"
      }
    ],
    "stateMutability": "view"
  },
  {
    "type": "function",
    "name": "treasury",
    "inputs": [],
    "outputs": [
      {
        "name": "",
        "type": "address",
        "internalType": "address"
      }
    ],
    "stateMutability": "view"
  },
  {
    "type": "function",
    "name": "withdraw",
    "inputs": [],
    "outputs": [],
    "stateMutability": "nonpayable"
  },
  {
    "type": "event",
    "name": "ChangeCancelled",
    "inputs": [
      {
        "name": "change",
        "type": "uint8",
        "indexed": true,
        "internalType": "enum IStewards.Change"
      },
      {
        "name": "value",
        "type": "uint256",
        "indexed": false,
        "internalType": "uint256"
      }
    ],
    "anonymous": false
  },
  {
    "type": "event",
    "name": "ChangeProposed",
    "inputs": [
      {
        "name": "change",
        "type": "uint8",
        "indexed": true,
        "internalType": "enum IStewards.Change"
      },
      {
        "name": "value",
        "type": "uint256",
        "indexed": false,
        "internalType": "uint256"
      },
      {
        "name": "executableAt",
        "type": "uint256",
        "indexed": false,
        "internalType": "uint256"
      },
      {
        "name": "lapsesAt",
        "type": "uint256",
        "indexed": false,
        "internalType": "uint256"
      }
    ],
    "anonymous": false
  },
  {
    "type": "event",
    "name": "Changed",
    "inputs": [
      {
        "name": "change",
        "type": "uint8",
        "indexed": true,
        "internalType": "enum IStewards.Change"
      },
      {
        "name": "value",
        "type": "uint256",
        "indexed": false,
        "internalType": "uint256"
      }
    ],
    "anonymous": false
  },
  {
    "type": "event",
    "name": "ChargeFellShort",
    "inputs": [
      {
        "name": "customer",
        "type": "address",
        "indexed": true,
        "internalType": "address"
      },
      {
        "name": "missing",
        "type": "uint256",
        "indexed": false,
        "internalType": "uint256"
      }
    ],
    "anonymous": false
  },
  {
    "type": "event",
    "name": "Charged",
    "inputs": [
      {
        "name": "customer",
        "type": "address",
        "indexed": true,
        "internalType": "address"
      },
      {
        "name": "cumulative",
        "type": "uint256",
        "indexed": false,
        "internalType": "uint256"
      },
      {
        "name": "cumulativeFee",
        "type": "uint256",
        "indexed": false,
        "internalType": "uint256"
      },
      {
        "name": "amount",
        "type": "uint256",
        "indexed": false,
        "internalType": "uint256"
      },
      {
        "name": "fee",
        "type": "uint256",
        "indexed": false,
        "internalType": "uint256"
      }
    ],
    "anonymous": false
  },
  {
    "type": "event",
    "name": "ClaimFellShort",
    "inputs": [
      {
        "name": "provider",
        "type": "address",
        "indexed": true,
        "internalType": "address"
      },
      {
        "name": "missing",
        "type": "uint256",
        "indexed": false,
        "internalType": "uint256"
      }
    ],
    "anonymous": false
  },
  {
    "type": "event",
    "name": "Claimed",
    "inputs": [
      {
        "name": "provider",
        "type": "address",
        "indexed": true,
        "internalType": "address"
      },
      {
        "name": "payee",
        "type": "address",
        "indexed": false,
        "internalType": "address"
      },
      {
        "name": "cumulative",
        "type": "uint256",
        "indexed": false,
        "internalType": "uint256"
      },
      {
        "name": "amount",
        "type": "uint256",
        "indexed": false,
        "internalType": "uint256"
      }
    ],
    "anonymous": false
  },
  {
    "type": "event",
    "name": "CustomerCapChanged",
    "inputs": [
      {
        "name": "customer",
        "type": "address",
        "indexed": true,
        "internalType": "address"
      },
      {
        "name": "dailyCap",
        "type": "uint256",
        "indexed": false,
        "internalType": "uint256"
      },
      {
        "name": "effectiveAt",
        "type": "uint256",
        "indexed": false,
        "internalType": "uint256"
      }
    ],
    "anonymous": false
  },
  {
    "type": "event",
    "name": "Deposited",
    "inputs": [
      {
        "name": "customer",
        "type": "address",
        "indexed": true,
        "internalType": "address"
      },
      {
        "name": "amount",
        "type": "uint256",
        "indexed": false,
        "internalType": "uint256"
      }
    ],
    "anonymous": false
  },
  {
    "type": "event",
    "name": "EIP712DomainChanged",
    "inputs": [],
    "anonymous": false
  },
  {
    "type": "event",
    "name": "ExitCancelled",
    "inputs": [
      {
        "name": "customer",
        "type": "address",
        "indexed": true,
        "internalType": "address"
      },
      {
        "name": "amount",
        "type": "uint256",
        "indexed": false,
        "internalType": "uint256"
      }
    ],
    "anonymous": false
  },
  {
    "type": "event",
    "name": "ExitRequested",
    "inputs": [
      {
        "name": "customer",
        "type": "address",
        "indexed": true,
        "internalType": "address"
      },
      {
        "name": "amount",
        "type": "uint256",
        "indexed": false,
        "internalType": "uint256"
      },
      {
        "name": "ripeAt",
        "type": "uint256",
        "indexed": false,
        "internalType": "uint256"
      },
      {
        "name": "lapsesAt",
        "type": "uint256",
        "indexed": false,
        "internalType": "uint256"
      }
    ],
    "anonymous": false
  },
  {
    "type": "event",
    "name": "FeesCollected",
    "inputs": [
      {
        "name": "treasury",
        "type": "address",
        "indexed": true,
        "internalType": "address"
      },
      {
        "name": "amount",
        "type": "uint256",
        "indexed": false,
        "internalType": "uint256"
      }
    ],
    "anonymous": false
  },
  {
    "type": "event",
    "name": "Paused",
    "inputs": [
      {
        "name": "until",
        "type": "uint256",
        "indexed": false,
        "internalType": "uint256"
      }
    ],
    "anonymous": false
  },
  {
    "type": "event",
    "name": "PayeeChanged",
    "inputs": [
      {
        "name": "provider",
        "type": "address",
        "indexed": true,
        "internalType": "address"
      },
      {
        "name": "payee",
        "type": "address",
        "indexed": true,
        "internalType": "address"
      },
      {
        "name": "effectiveAt",
        "type": "uint256",
        "indexed": false,
        "internalType": "uint256"
      }
    ],
    "anonymous": false
  },
  {
    "type": "event",
    "name": "Resumed",
    "inputs": [],
    "anonymous": false
  },
  {
    "type": "event",
    "name": "SettlerRevoked",
    "inputs": [
      {
        "name": "settler",
        "type": "address",
        "indexed": true,
        "internalType": "address"
      }
    ],
    "anonymous": false
  },
  {
    "type": "event",
    "name": "ToppedUp",
    "inputs": [
      {
        "name": "from",
        "type": "address",
        "indexed": true,
        "internalType": "address"
      },
      {
        "name": "amount",
        "type": "uint256",
        "indexed": false,
        "internalType": "uint256"
      }
    ],
    "anonymous": false
  },
  {
    "type": "event",
    "name": "Withdrawn",
    "inputs": [
      {
        "name": "customer",
        "type": "address",
        "indexed": true,
        "internalType": "address"
      },
      {
        "name": "amount",
        "type": "uint256",
        "indexed": false,
        "internalType": "uint256"
      }
    ],
    "anonymous": false
  },
  {
    "type": "error",
    "name": "InvalidShortString",
    "inputs": []
  },
  {
    "type": "error",
    "name": "OblivionSettlement_CapTooLarge",
    "inputs": [
      {
        "name": "given",
        "type": "uint256",
        "internalType": "uint256"
      },
      {
        "name": "largest",
        "type": "uint256",
        "internalType": "uint256"
      }
    ]
  },
  {
    "type": "error",
    "name": "OblivionSettlement_ChangeLapsed",
    "inputs": [
      {
        "name": "lapsedAt",
        "type": "uint256",
        "internalType": "uint256"
      },
      {
        "name": "time",
        "type": "uint256",
        "internalType": "uint256"
      }
    ]
  },
  {
    "type": "error",
    "name": "OblivionSettlement_ChangeTooEarly",
    "inputs": [
      {
        "name": "executableAt",
        "type": "uint256",
        "internalType": "uint256"
      },
      {
        "name": "time",
        "type": "uint256",
        "internalType": "uint256"
      }
    ]
  },
  {
    "type": "error",
    "name": "OblivionSettlement_ClaimCapReached",
    "inputs": [
      {
        "name": "claimCap",
        "type": "uint256",
        "internalType": "uint256"
      }
    ]
  },
  {
    "type": "error",
    "name": "OblivionSettlement_ExitLapsed",
    "inputs": [
      {
        "name": "lapsedAt",
        "type": "uint256",
        "internalType": "uint256"
      },
      {
        "name": "time",
        "type": "uint256",
        "internalType": "uint256"
      }
    ]
  },
  {
    "type": "error",
    "name": "OblivionSettlement_ExitNotRipe",
    "inputs": [
      {
        "name": "ripeAt",
        "type": "uint256",
        "internalType": "uint256"
      },
      {
        "name": "time",
        "type": "uint256",
        "internalType": "uint256"
      }
    ]
  },
  {
    "type": "error",
    "name": "OblivionSettlement_InvalidAddress",
    "inputs": [
      {
        "name": "given",
        "type": "address",
        "internalType": "address"
      }
    ]
  },
  {
    "type": "error",
    "name": "OblivionSettlement_InvalidTerms",
    "inputs": [
      {
        "name": "given",
        "type": "uint256",
        "internalType": "uint256"
      },
      {
        "name": "bound",
        "type": "uint256",
        "internalType": "uint256"
      }
    ]
  },
  {
    "type": "error",
    "name": "OblivionSettlement_InvalidValue",
    "inputs": [
      {
        "name": "change",
        "type": "uint8",
        "internalType": "enum IStewards.Change"
      },
      {
        "name": "value",
        "type": "uint256",
        "internalType": "uint256"
      }
    ]
  },
  {
    "type": "error",
    "name": "OblivionSettlement_NoChange",
    "inputs": [
      {
        "name": "change",
        "type": "uint8",
        "internalType": "enum IStewards.Change"
      }
    ]
  },
  {
    "type": "error",
    "name": "OblivionSettlement_NoExit",
    "inputs": [
      {
        "name": "customer",
        "type": "address",
        "internalType": "address"
      }
    ]
  },
  {
    "type": "error",
    "name": "OblivionSettlement_NotAllowed",
    "inputs": [
      {
        "name": "sender",
        "type": "address",
        "internalType": "address"
      },
      {
        "name": "expected",
        "type": "address",
        "internalType": "address"
      }
    ]
  },
  {
    "type": "error",
    "name": "OblivionSettlement_NotPaused",
    "inputs": []
  },
  {
    "type": "error",
    "name": "OblivionSettlement_NothingToClaim",
    "inputs": [
      {
        "name": "provider",
        "type": "address",
        "internalType": "address"
      },
      {
        "name": "cumulative",
        "type": "uint256",
        "internalType": "uint256"
      },
      {
        "name": "settled",
        "type": "uint256",
        "internalType": "uint256"
      }
    ]
  },
  {
    "type": "error",
    "name": "OblivionSettlement_NothingToDeposit",
    "inputs": []
  },
  {
    "type": "error",
    "name": "OblivionSettlement_NothingToExit",
    "inputs": [
      {
        "name": "customer",
        "type": "address",
        "internalType": "address"
      }
    ]
  },
  {
    "type": "error",
    "name": "OblivionSettlement_NothingToTopUp",
    "inputs": []
  },
  {
    "type": "error",
    "name": "OblivionSettlement_PauseTooLong",
    "inputs": [
      {
        "name": "given",
        "type": "uint256",
        "internalType": "uint256"
      },
      {
        "name": "left",
        "type": "uint256",
        "internalType": "uint256"
      }
    ]
  },
  {
    "type": "error",
    "name": "OblivionSettlement_Paused",
    "inputs": [
      {
        "name": "until",
        "type": "uint256",
        "internalType": "uint256"
      }
    ]
  },
  {
    "type": "error",
    "name": "OblivionSettlement_PayeeRefused",
    "inputs": [
      {
        "name": "payee",
        "type": "address",
        "internalType": "address"
      }
    ]
  },
  {
    "type": "error",
    "name": "OblivionSettlement_PoolEmpty",
    "inputs": [
      {
        "name": "needed",
        "type": "uint256",
        "internalType": "uint256"
      }
    ]
  },
  {
    "type": "error",
    "name": "OblivionSettlement_WrongSigner",
    "inputs": [
      {
        "name": "recovered",
        "type": "address",
        "internalType": "address"
      },
      {
        "name": "settler",
        "type": "address",
        "internalType": "address"
      }
    ]
  },
  {
    "type": "error",
    "name": "ReentrancyGuardReentrantCall",
    "inputs": []
  },
  {
    "type": "error",
    "name": "SafeCastOverflowedUintDowncast",
    "inputs": [
      {
        "name": "bits",
        "type": "uint8",
        "internalType": "uint8"
      },
      {
        "name": "value",
        "type": "uint256",
        "internalType": "uint256"
      }
    ]
  },
  {
    "type": "error",
    "name": "SafeERC20FailedOperation",
    "inputs": [
      {
        "name": "token",
        "type": "address",
        "internalType": "address"
      }
    ]
  },
  {
    "type": "error",
    "name": "StringTooLong",
    "inputs": [
      {
        "name": "str",
        "type": "string",
        "internalType": "string"
      }
    ]
  }
] as const

/** Creation bytecode of OblivionSettlement, without constructor arguments. */
export const settlementBytecode = '0x610220604052348015610010575f5ffd5b5060405161537838038061537883398101604081905261002f91610928565b6040518060400160405280601281526020017113d89b1a5d9a5bdb94d95d1d1b195b595b9d60721b815250604051806040016040528060018152602001603160f81b815250848484826001600160a01b03163b5f036100b157604051637b51e33160e01b81526001600160a01b03841660048201526024015b60405180910390fd5b6001600160a01b03831660805260408101516100d09062093a80610350565b60608101516100e090600161037f565b8051606082015161011691906100f7906002610a3d565b83604001516101069190610a54565b610111906001610a54565b61037f565b8051610125906276a700610350565b6020810151610137906201518061037f565b6020810151610149906276a700610350565b60c081015161015f9066ffffffffffffff610350565b805160a052602081015160c0908152604082015160e05260608201516101005281015161012052815161019c905f906001600160a01b03166103aa565b6101ba600183602001516001600160a01b03166103aa60201b60201c565b6101d8600283604001516001600160a01b03166103aa60201b60201c565b6101f6600383606001516001600160a01b03166103aa60201b60201c565b61020b600482608001516103aa60201b60201c565b61022060058260a001516103aa60201b60201c565b61023560068260e001516103aa60201b60201c565b60808101516002805466ffffffffffffff9283166701000000000000000266ffffffffffffff60381b1990911617905560a09091015160018054919092166c010000000000000000000000000266ffffffffffffff60601b19909116179055506102a090508261063f565b6101e0526102ad8161063f565b6102005281516020808401919091206101a0528151908201206101c052466101605261033c6101a0516101c051604080517f8b73c3c69bb8fe3d512ecc4cf759cc79239f7b179b0ffacaa9a75d522b39400f60208201529081019290925260608201524660808201523060a08201525f9060c00160405160208183030381529060405280519060200120905090565b610140525050306101805250610b32915050565b8082111561037b5760405163e1edbf1d60e01b815260048101839052602481018290526044016100a8565b5050565b8082101561037b5760405163e1edbf1d60e01b815260048101839052602481018290526044016100a8565b6103b4828261067c565b5f8260068111156103c7576103c7610a67565b036103ec575f80546001600160a01b0383166001600160a01b03199091161790555050565b600182600681111561040057610400610a67565b0361042657600480546001600160a01b0383166001600160a01b03199091161790555050565b600282600681111561043a5761043a610a67565b0361046057600580546001600160a01b0383166001600160a01b03199091161790555050565b600382600681111561047457610474610a67565b0361049a57600680546001600160a01b0383166001600160a01b03199091161790555050565b60048260068111156104ae576104ae610a67565b0361054d576002545f906104e79066ffffffffffffff670100000000000000820481169164ffffffffff600160701b8204169116610809565b90506104f38183610857565b60028054600160381b600160981b03191667010000000000000066ffffffffffffff9384160264ffffffffff60701b191617600160701b4264ffffffffff16021766ffffffffffffff191693909116929092179091555050565b600582600681111561056157610561610a67565b0361061f576001545f805490916105aa9166ffffffffffffff6c01000000000000000000000000830481169264ffffffffff600160981b9091041691600160c81b900416610809565b90506105b68183610857565b60018054600160601b600160c01b0319166c0100000000000000000000000066ffffffffffffff9384160264ffffffffff60981b191617600160981b4264ffffffffff16021790555f80546001600160c81b0316600160c81b9490921693909302179091555050565b6002805461ffff8316600160981b0261ffff60981b199091161790555050565b5f5f829050601f81511115610669578260405163305a27a960e01b81526004016100a89190610a7b565b805161067482610ab0565b179392505050565b600382600681111561069057610690610a67565b116107bb57806001600160a01b038111806106b157506106af81610867565b155b156106d3578282604051630982b3f560e21b81526004016100a8929190610ad6565b5f808460068111156106e7576106e7610a67565b1415801561070157505f546001600160a01b038381169116145b806107365750600184600681111561071b5761071b610a67565b1415801561073657506004546001600160a01b038381169116145b8061076b5750600284600681111561075057610750610a67565b1415801561076b57506005546001600160a01b038381169116145b905080801561078c5750600384600681111561078957610789610a67565b14155b156107b557604051637b51e33160e01b81526001600160a01b03831660048201526024016100a8565b50505050565b60068260068111156107cf576107cf610a67565b146107e15766ffffffffffffff6107e5565b6127105b81111561037b578181604051630982b3f560e21b81526004016100a8929190610ad6565b5f818410610818575082610850565b61084d826201518061082a8642610b00565b6108349086610a3d565b61083e9190610b13565b6108489087610a54565b610857565b90505b9392505050565b8082108183180281185b92915050565b5f6001600160a01b0382161580159061089457506080516001600160a01b0316826001600160a01b031614155b801561086157506001600160a01b03821630141592915050565b6001600160a01b03811681146108c2575f5ffd5b50565b604051608081016001600160401b03811182821017156108f357634e487b7160e01b5f52604160045260245ffd5b60405290565b60405161010081016001600160401b03811182821017156108f357634e487b7160e01b5f52604160045260245ffd5b5f5f5f8385036101a081121561093c575f5ffd5b8451610947816108ae565b93506080601f198201121561095a575f5ffd5b6109626108c5565b6020860151610970816108ae565b81526040860151610980816108ae565b60208201526060860151610993816108ae565b604082015260808601516109a6816108ae565b60608201529250610100609f19820112156109bf575f5ffd5b506109c86108f9565b60a085810151825260c080870151602084015260e08088015160408501526101008801516060850152610120880151608085015261014088015192840192909252610160870151908301526101809095015194810194909452509093909250565b634e487b7160e01b5f52601160045260245ffd5b808202811582820484141761086157610861610a29565b8082018082111561086157610861610a29565b634e487b7160e01b5f52602160045260245ffd5b602081525f82518060208401528060208501604085015e5f604082850101526040601f19601f83011684010191505092915050565b80516020808301519190811015610ad0575f198160200360031b1b821691505b50919050565b6040810160078410610af657634e487b7160e01b5f52602160045260245ffd5b9281526020015290565b8181038181111561086157610861610a29565b5f82610b2d57634e487b7160e01b5f52601260045260245ffd5b500490565b60805160a05160c05160e05161010051610120516101405161016051610180516101a0516101c0516101e0516102005161473b610c3d5f395f61334601525f61331b01525f61404d01525f61402501525f613f8001525f613faa01525f613fd401525f81816106b001526122d401525f61073701525f81816106ef01528181610c5301528181611fed015261201801525f81816103fd01528181611033015281816110640152818161186e0152611b5001525f8181610493015281816117d80152611e1c01525f8181610873015281816111ee015281816114230152818161155e01528181611ecc01528181612aae01528181612c48015281816136b10152613e20015261473b5ff3fe608060405234801561000f575f5ffd5b5060043610610330575f3560e01c806384b0196e116101b3578063b9219a54116100f3578063da748b101161009e578063f851a44011610079578063f851a44014610848578063fa646c0f1461085b578063fc0c546a1461086e578063fdf364e414610895575f5ffd5b8063da748b10146107fa578063e038c3da1461080f578063e59140fc14610840575f5ffd5b8063c8796572116100ce578063c8796572146107d6578063d175da5c146107de578063d1fa43d5146107f1575f5ffd5b8063b9219a54146107a8578063bf769a3f146107bb578063c55e4af8146107ce575f5ffd5b8063a2f9c4081161015e578063ad94bd1b11610139578063ad94bd1b14610732578063af38d75714610759578063b6b55f2514610761578063b6fd905414610774575f5ffd5b8063a2f9c408146106ea578063a3d8984414610711578063ab221a7614610722575f5ffd5b80638fd1d4211161018e5780638fd1d421146106205780639239c1d6146106ab5780639af1d35a146106d2575f5ffd5b806384b0196e146105df57806387635779146105fa5780638f0bc1521461060d575f5ffd5b8063392d14521161027e578063508b26bd1161022957806361d027b31161020457806361d027b31461056e578063721c651314610581578063740abee814610594578063822fc34e146105a7575f5ffd5b8063508b26bd1461054b5780635261e2981461055357806359a5fbb11461055b575f5ffd5b8063452a932011610259578063452a9320146104fa5780634a970be71461052557806350017f3e14610538575f5ffd5b8063392d1452146104c85780633ccfd60b146104df578063410459ad146104e7575f5ffd5b806316f0115b116102de57806321338b38116102b957806321338b3814610432578063283886301461048e5780632959932f146104b5575f5ffd5b806316f0115b146103e75780631e29848b146103f85780631ea200831461041f575f5ffd5b80630840a44a1161030e5780630840a44a14610393578063091a9b05146103a6578063136439dd146103d4575f5ffd5b80630265190314610334578063046f7da21461035457806305caf43c1461035e575b5f5ffd5b60025466ffffffffffffff165b6040519081526020015b60405180910390f35b61035c61089d565b005b61034161036c3660046141c8565b6001600160a01b03165f908152600960205260409020546affffffffffffffffffffff1690565b61035c6103a13660046141e1565b61099e565b6103b96103b4366004614206565b610b20565b6040805193845260208401929092529082015260600161034b565b61035c6103e23660046141e1565b610bae565b6001546001600160601b0316610341565b6103417f000000000000000000000000000000000000000000000000000000000000000081565b61035c61042d366004614206565b610cfc565b6104456104403660046141c8565b610db3565b60405161034b91905f608082019050825182526001600160a01b0360208401511660208301526001600160a01b0360408401511660408301526060830151606083015292915050565b6103417f000000000000000000000000000000000000000000000000000000000000000081565b61035c6104c33660046142a5565b610ec3565b5f54600160c81b900466ffffffffffffff16610341565b61035c610f8d565b61035c6104f53660046141c8565b61122a565b60045461050d906001600160a01b031681565b6040516001600160a01b03909116815260200161034b565b61035c610533366004614311565b6113a9565b61035c6105463660046141e1565b611496565b61034161158e565b61035c6115c7565b61035c61056936600461435b565b611642565b60065461050d906001600160a01b031681565b61035c61058f3660046141e1565b611766565b61035c6105a23660046143c4565b6118bc565b6103416105b53660046141c8565b6001600160a01b03165f90815260086020526040902054600160601b90046001600160601b031690565b6105e7611931565b60405161034b9796959493929190614427565b61035c6106083660046144d9565b61198f565b61035c61061b366004614578565b611a17565b61063361062e3660046141c8565b611a9f565b60405161034b91905f61014082019050825182526020830151602083015260408301516040830152606083015160608301526080830151608083015260a083015160a083015260c083015160c083015260e083015160e083015261010083015161010083015261012083015161012083015292915050565b6103417f000000000000000000000000000000000000000000000000000000000000000081565b600354600160601b90046001600160601b0316610341565b6103417f000000000000000000000000000000000000000000000000000000000000000081565b6003546001600160601b0316610341565b5f546001600160a01b031661050d565b6103417f000000000000000000000000000000000000000000000000000000000000000081565b610341611cbc565b61035c61076f3660046141e1565b611cf7565b6103416107823660046141c8565b6001600160a01b03165f908152600860205260409020600101546001600160601b031690565b61035c6107b636600461435b565b611d21565b600254600160981b900461ffff16610341565b610341611e12565b61035c611e40565b61035c6107ec366004614578565b611f06565b62015180610341565b5f54600160a01b900464ffffffffff16610341565b61034161081d3660046141c8565b6001600160a01b03165f908152600860205260409020546001600160601b031690565b610341611fab565b60055461050d906001600160a01b031681565b61035c610869366004614206565b61203e565b61050d7f000000000000000000000000000000000000000000000000000000000000000081565b61035c6121a9565b6108a561220c565b6005546108ba906001600160a01b0316612241565b5f54600160a01b900464ffffffffff16428111610903576040517f1dfacf1c00000000000000000000000000000000000000000000000000000000815260040160405180910390fd5b61090d42826145ca565b6004805460149061092d908490600160a01b900464ffffffffff166145dd565b82546101009290920a64ffffffffff8181021990931691831602179091555f805464ffffffffff60a01b1916600160a01b42909316929092029190911781556040517f62451d457bc659158be6e6247f56ec1df424a5c7597f71c20c2bc44e0965c8f99250a15061099c612294565b565b6109a661220c565b66ffffffffffffff8111156109fc576040517fbcbfc2340000000000000000000000000000000000000000000000000000000081526004810182905266ffffffffffffff60248201526044015b60405180910390fd5b335f9081526008602052604081209080610a15836122be565b60018501805460ff60c81b1916838811600160c81b9081029190911791829055929450909250429160ff91041615610ac757610a5462015180826145fa565b6002850180547fffffff000000000000000000000000ffffffffffffffffffffffffffffffffff16600160881b66ffffffffffffff8916027fffffff0000000000ffffffffffffffffffffffffffffffffffffffffffffffff1617600160c01b64ffffffffff8416021790559050610acb565b8492505b610ad68484846123e7565b604080518681526020810183905233917f19eb6e63de830ea602ea5be00b35bc28a27da2ff7e7b54bf61af8b526f03a578910160405180910390a250505050610b1d612294565b50565b5f5f5f5f60075f866006811115610b3957610b3961460d565b6006811115610b4a57610b4a61460d565b815260208082019290925260409081015f9081208251808401909352805483526001015492820183905290925003610b8b575f5f5f93509350935050610ba7565b80516020820151610b9f62127500826145fa565b935093509350505b9193909250565b610bb661220c565b600454610bcb906001600160a01b0316612241565b5f610bd4611fab565b9050811580610be257508082115b15610c23576040517f2184c38e00000000000000000000000000000000000000000000000000000000815260048101839052602481018290526044016109f3565b5f80548390610c4090600160a01b900464ffffffffff16426124bd565b610c4a91906145fa565b905082610c77837f00000000000000000000000000000000000000000000000000000000000000006145ca565b610c8191906145fa565b6004805464ffffffffff928316600160a01b90810264ffffffffff60a01b19928316179092555f805493851690920292169190911790556040517f32fb7c9891bc4f963c7de9f1186d2a7755c7d6e9f4604dabe1d8bb3027c2f49e90610cea9083815260200190565b60405180910390a15050610b1d612294565b610d0461220c565b600554610d19906001600160a01b0316612241565b5f610d23826124d1565b905060075f836006811115610d3a57610d3a61460d565b6006811115610d4b57610d4b61460d565b815260208101919091526040015f90812081815560010155816006811115610d7557610d7561460d565b81516040519081527fe55b564486fe046e6e593cd1c01977c6c3e6c574ed62bca125c4ee7f59a41a859060200160405180910390a250610b1d612294565b604080516080810182525f8082526020820181905291810182905260608101919091526001600160a01b038281165f908152600960209081526040808320600a83528184208251808401909352549485168252600160a01b90940464ffffffffff169181019190915282549091906b010000000000000000000000900460ff168015610e495750816020015164ffffffffff1642105b604080516080810190915284546affffffffffffffffffffff16815290915060208101610e768786612575565b6001600160a01b0316815260200182610e8f575f610e92565b83515b6001600160a01b0316815260200182610eab575f610eb1565b83602001515b64ffffffffff16905295945050505050565b610ecb61220c565b610f287f4f3437902c86897b15c2978d51008721710980f7468706f65bd7d75e7619ca42610ef98686612604565b604080516020810193909352820152606001604051602081830303815290604052805190602001208383612774565b505f610f34858561286c565b90508015610f7e57600180548291905f90610f599084906001600160601b0316614621565b92506101000a8154816001600160601b0302191690836001600160601b031602179055505b50610f87612294565b50505050565b610f9561220c565b335f908152600860205260408120600281015490916001600160601b0390911690819003610fd857604051634cf1cc3f60e11b81523360048201526024016109f3565b6002820154600160601b900464ffffffffff164281111561102e576040517f2d693720000000000000000000000000000000000000000000000000000000008152600481018290524260248201526044016109f3565b6110587f0000000000000000000000000000000000000000000000000000000000000000826145fa565b4211156110c5576110897f0000000000000000000000000000000000000000000000000000000000000000826145fa565b6040517f729a626b00000000000000000000000000000000000000000000000000000000815260048101919091524260248201526044016109f3565b82545f906001600160601b03908116908416106110ec5783546001600160601b03166110ee565b825b6002850180546bffffffffffffffffffffffff191690558454909150819085905f906111249084906001600160601b0316614640565b92506101000a8154816001600160601b0302191690836001600160601b031602179055508060035f015f8282829054906101000a90046001600160601b031661116d9190614640565b92506101000a8154816001600160601b0302191690836001600160601b03160217905550336001600160a01b03167f7084f5476618d8e60b11ef0d7d3f06914655adb8793e28ff7f018d4c76d505d5826040516111d991906001600160601b0391909116815260200190565b60405180910390a261121e6001600160a01b037f000000000000000000000000000000000000000000000000000000000000000016336001600160601b038416612a5e565b5050505061099c612294565b61123261220c565b61123b81612a98565b61126357604051636cc0282b60e11b81526001600160a01b03821660048201526024016109f3565b335f8181526009602052604081209161127c9083612575565b82546affffffffffffffffffffff16600160601b6001600160a01b038381169182026bff000000000000000000000019169290921791861614156b01000000000000000000000090810291909117808555919250429160ff919004161561135e576112ea62015180826145fa565b6040805180820182526001600160a01b03808816825264ffffffffff8085166020808501918252335f908152600a90915294909420925183549451909116600160a01b027fffffffffffffff0000000000000000000000000000000000000000000000000090941691161791909117905590505b6040518181526001600160a01b0385169033907f969ee023886923c12389a0cc271c45d2e256dab85d93aed9d172382949cf20a99060200160405180910390a3505050610b1d612294565b6113b161220c565b5f546113ca90600160a01b900464ffffffffff16612afd565b6040517fd505accf000000000000000000000000000000000000000000000000000000008152336004820152306024820152604481018690526064810185905260ff8416608482015260a4810183905260c481018290527f00000000000000000000000000000000000000000000000000000000000000006001600160a01b03169063d505accf9060e4015f604051808303815f87803b15801561146c575f5ffd5b505af192505050801561147d575060015b5061148785612b3a565b61148f612294565b5050505050565b61149e61220c565b805f036114d7576040517f3910c68a00000000000000000000000000000000000000000000000000000000815260040160405180910390fd5b6001546114f7906114f29083906001600160601b03166145fa565b612c70565b600180546bffffffffffffffffffffffff19166001600160601b039290921691909117905560405181815233907fa64c2da41decbd538f8629e54c8fa0b7362c9102b691386a0fb6a1797454e9c69060200160405180910390a26115866001600160a01b037f000000000000000000000000000000000000000000000000000000000000000016333084612cc0565b610b1d612294565b6002545f906115c29066ffffffffffffff670100000000000000820481169164ffffffffff600160701b8204169116612cf6565b905090565b6115cf61220c565b6005546001600160a01b031633146115f6576004546115f6906001600160a01b0316612241565b5f80546040516001600160a01b03909116917f6fb1d52d3d220b332827a2d78aaa8fc2da7c48e2a2e29e1c264291787628e89e91a25f80546001600160a01b031916905561099c612294565b61164a61220c565b60055461165f906001600160a01b0316612241565b5f60048360068111156116745761167461460d565b0361168b575060025466ffffffffffffff166116e5565b600583600681111561169f5761169f61460d565b036116bc57505f54600160c81b900466ffffffffffffff166116e5565b60068360068111156116d0576116d061460d565b036116e55750600254600160981b900461ffff165b808210611709578282604051630982b3f560e21b81526004016109f392919061467f565b6117138383612d3d565b8260068111156117255761172561460d565b6040518381527f0277c4cc794f4d787b9110dd3ddb31886265044d13ba51f3aeeba484ad423d5a906020015b60405180910390a250611762612294565b5050565b61176e61220c565b335f90815260086020526040812080549091906117959084906001600160601b031661300e565b9050805f036117d2576040517f2c7c755b0000000000000000000000000000000000000000000000000000000081523360048201526024016109f3565b5f6117fd7f0000000000000000000000000000000000000000000000000000000000000000426145fa565b60028401805464ffffffffff8316600160601b027fffffffffffffffffffffffffffffff00000000000000000000000000000000009091166001600160601b038616171790559050337fcbc315c2c4c3294d0be4c523a6e9f963ffd00e687f81c4e7480e1fb138b0fe4583836118937f0000000000000000000000000000000000000000000000000000000000000000826145fa565b6040805193845260208401929092529082015260600160405180910390a2505050610b1d612294565b6118c461220c565b5f6119237f78c53cc6a431f7023e97d221cb09649013d1deb671f20b58018a9f447c67565c6118f3878761301d565b6040805160208101939093528201526060015b604051602081830303815290604052805190602001208484612774565b9050610f7e8585835f613138565b5f6060805f5f5f6060611942613314565b61194a61333f565b604080515f808252602082019092527f0f000000000000000000000000000000000000000000000000000000000000009b939a50919850469750309650945092509050565b61199761220c565b5f6119ef7f2879ce6166d56cd53a49d22814f1ac28e649e0baf57c100e84f6f588a53de32d6119c68989612604565b6119d0888861301d565b6040805160208101949094528301919091526060820152608001611906565b9050611a06858583611a018b8b61286c565b613138565b50611a0f612294565b505050505050565b611a1f61220c565b611a97845f85611a92611a8b8989604080517f85b34c24728dd3fbcb0f5d113659fd35154892a2982f1cb9ddcad64723cd93446020808301919091526001600160a01b039490941681830152606080820193909352815180820390930183526080019052805191012090565b8787612774565b61336a565b610f87612294565b611aeb6040518061014001604052805f81526020015f81526020015f81526020015f81526020015f81526020015f81526020015f81526020015f81526020015f81526020015f81525090565b6001600160a01b0382165f9081526008602052604081209080611b0d836122be565b600185015491935091505f90600160c81b900460ff168015611b4057506002840154600160c01b900464ffffffffff1642105b60028501549091505f90611b83907f000000000000000000000000000000000000000000000000000000000000000090600160601b900464ffffffffff166145fa565b60028601549091505f906001600160601b031615801590611ba45750814211155b604080516101408101825288546001600160601b038082168352600160601b9091048116602083015260018a01541691810191909152606081018790526080810186905290915060a0810184611bfa575f611c10565b6002880154600160881b900466ffffffffffffff165b66ffffffffffffff16815260200184611c29575f611c3d565b6002880154600160c01b900464ffffffffff165b64ffffffffff16815260200182611c54575f611c71565b60028801548854611c71916001600160601b03908116911661300e565b815260200182611c81575f611c95565b6002880154600160601b900464ffffffffff165b64ffffffffff16815260200182611cac575f611cae565b835b905298975050505050505050565b6001545f805490916115c29166ffffffffffffff600160601b830481169264ffffffffff600160981b9091041691600160c81b900416612cf6565b611cff61220c565b5f54611d1890600160a01b900464ffffffffff16612afd565b61158681612b3a565b611d2961220c565b600554611d3e906001600160a01b0316612241565b611d4882826136e4565b5f611d51611e12565b611d5b90426145fa565b905060405180604001604052808381526020018281525060075f856006811115611d8757611d8761460d565b6006811115611d9857611d9861460d565b81526020808201929092526040015f2082518155910151600190910155826006811115611dc757611dc761460d565b7f237af1a06ba0f38639c45568054011dd3be15a2f79be3b8c58116193cdce5afe8383611df762127500826145fa565b60408051938452602084019290925290820152606001611751565b5f6115c26202a3007f00000000000000000000000000000000000000000000000000000000000000006145fa565b611e4861220c565b6003805460065477ffffffffffffffffffffffff000000000000000000000000198216909255604051600160601b9091046001600160601b0316808252916001600160a01b03169081907f9dc46f23cfb5ddcad0ae7ea2be38d47fec07bb9382ec7e564efc69e036dd66ce9060200160405180910390a2611efc6001600160a01b037f000000000000000000000000000000000000000000000000000000000000000016826001600160601b038516612a5e565b505061099c612294565b611f0e61220c565b611f1784612a98565b611f3f57604051636cc0282b60e11b81526001600160a01b03851660048201526024016109f3565b611a97338585611a92611a8b3389604080517f85b34c24728dd3fbcb0f5d113659fd35154892a2982f1cb9ddcad64723cd93446020808301919091526001600160a01b039490941681830152606080820193909352815180820390930183526080019052805191012090565b5f80548190611fcc9062278d0090600160a01b900464ffffffffff166145fa565b4210159050806120165760045461201190600160a01b900464ffffffffff167f00000000000000000000000000000000000000000000000000000000000000006145ca565b612038565b7f00000000000000000000000000000000000000000000000000000000000000005b91505090565b61204661220c565b60055461205b906001600160a01b0316612241565b5f612065826124d1565b905080602001514210156120b45760208101516040517fb2b86c1400000000000000000000000000000000000000000000000000000000815260048101919091524260248201526044016109f3565b5f6212750082602001516120c891906145fa565b90508042111561210d576040517f3614fd1d000000000000000000000000000000000000000000000000000000008152600481018290524260248201526044016109f3565b60075f8460068111156121225761212261460d565b60068111156121335761213361460d565b815260208101919091526040015f908120818155600101558151612158908490612d3d565b82600681111561216a5761216a61460d565b82516040519081527f0277c4cc794f4d787b9110dd3ddb31886265044d13ba51f3aeeba484ad423d5a9060200160405180910390a25050610b1d612294565b6121b161220c565b335f908152600860205260408120600201546001600160601b031690036121ed57604051634cf1cc3f60e11b81523360048201526024016109f3565b335f90815260086020526040902061220490613884565b61099c612294565b6122146138e0565b61099c60017f9b779b17422d0df92223018b32b4d1fa46e071723d6817e2486d003becc55f005b90613939565b336001600160a01b03821614610b1d576040517f64209d700000000000000000000000000000000000000000000000000000000081523360048201526001600160a01b03821660248201526044016109f3565b61099c5f7f9b779b17422d0df92223018b32b4d1fa46e071723d6817e2486d003becc55f0061223b565b80545f908190600160f81b900460ff166122f8577f000000000000000000000000000000000000000000000000000000000000000061230b565b8254600160c01b900466ffffffffffffff165b6001840154909250600160c01b900460ff166123275781612355565b600183015461235590600160601b810466ffffffffffffff1690600160981b900464ffffffffff1684612cf6565b6001840154909150600160c81b900460ff16801561238557506002830154600160c01b900464ffffffffff164210155b156123e25760028301546123c89082906123c390600160881b900466ffffffffffffff16856123b482856145fa565b6123be91906145ca565b61300e565b6124bd565b6002840154600160881b900466ffffffffffffff16925090505b915091565b8254600160f81b77ffffffffffffffffffffffffffffffffffffffffffffffff909116600160c01b66ffffffffffffff94851681027effffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff16919091179190911784556001909301805477ffffffffffffffffffffffff0000000000000000000000001916600160601b929093169190910264ffffffffff60981b191691909117600160981b4264ffffffffff1602177fffffffffffffff00ffffffffffffffffffffffffffffffffffffffffffffffff169091179055565b5f8282188284110282185b90505b92915050565b604080518082019091525f808252602082015260075f8360068111156124f9576124f961460d565b600681111561250a5761250a61460d565b815260208082019290925260409081015f908120825180840190935280548352600101549282018390529092500361257057816040517f2606de910000000000000000000000000000000000000000000000000000000081526004016109f391906146ae565b919050565b8054600160601b81046001600160a01b0316906b010000000000000000000000900460ff16156125ef576001600160a01b038381165f908152600a60209081526040918290208251808401909352549283168252600160a01b90920464ffffffffff169181018290529042106125ed575190506124cb565b505b6001600160a01b0381166124cb575090919050565b5f808267ffffffffffffffff81111561261f5761261f61469a565b604051908082528060200260200182016040528015612648578160200160208202803683370190505b5090505f5b83811015612743577fd6c0d1fe7657e7332b3f57004ee1759956f750b1ee23b7a9b88a54167283d8e6858583818110612688576126886146bc565b61269e92602060609092020190810191506141c8565b8686848181106126b0576126b06146bc565b905060600201602001358787858181106126cc576126cc6146bc565b9050606002016040013560405160200161270894939291909384526001600160a01b039290921660208401526040830152606082015260800190565b60405160208183030381529060405280519060200120828281518110612730576127306146bc565b602090810291909101015260010161264d565b508060405160200161275591906146d0565b6040516020818303038152906040528051906020012091505092915050565b604080516060810182525f80546001600160a01b0381168352600160a01b810464ffffffffff1660208401819052600160c81b90910466ffffffffffffff1693830193909352916127c490612afd565b5f6127d86127d187613940565b8686613987565b50509050815f01516001600160a01b0316816001600160a01b031614158061280757506001600160a01b038116155b156128545781516040517f2ba166fc0000000000000000000000000000000000000000000000000000000081526001600160a01b03808416600483015290911660248201526044016109f3565b506040015166ffffffffffffff1690505b9392505050565b6040805160808101825260025466ffffffffffffff808216808452670100000000000000830490911660208401819052600160701b830464ffffffffff16948401859052600160981b90920461ffff1660608401525f9384926128d192909190612cf6565b90505f80805b86811015612940575f5f6129168a8a858181106128f6576128f66146bc565b905060600201868861290891906145ca565b896060015161ffff166139ce565b909250905061292582866145fa565b945061293181856145fa565b935050508060010190506128d7565b50815f03612954575f9450505050506124cb565b61295e82846145ca565b6002805472ffffffffffffffffffffffff00000000000000191667010000000000000066ffffffffffffff939093169290920272ffffffffff0000000000000000000000000000191691909117600160701b4264ffffffffff1602179055600380548391905f906129d99084906001600160601b0316614640565b92506101000a8154816001600160601b0302191690836001600160601b031602179055508060035f01600c8282829054906101000a90046001600160601b0316612a239190614621565b92506101000a8154816001600160601b0302191690836001600160601b031602179055508082612a5391906145ca565b979650505050505050565b612a6b8383836001613c77565b612a9357604051635274afe760e01b81526001600160a01b03841660048201526024016109f3565b505050565b5f6001600160a01b03821615801590612ae357507f00000000000000000000000000000000000000000000000000000000000000006001600160a01b0316826001600160a01b031614155b80156124cb57506001600160a01b03821630141592915050565b80421015610b1d576040517f0bf72613000000000000000000000000000000000000000000000000000000008152600481018290526024016109f3565b805f03612b72576040517e437e0200000000000000000000000000000000000000000000000000000000815260040160405180910390fd5b335f908152600860205260409020600354612b9b906114f29084906001600160601b03166145fa565b600380546bffffffffffffffffffffffff19166001600160601b039283161790558154839183915f91612bd091859116614621565b82546101009290920a6001600160601b03818102199093169183160217909155600283015416159050612c0657612c0681613884565b60405182815233907f2da466a7b24304f47e87fa2e1e5a81b9831ce54fec19055ce277ca2f39ba42c49060200160405180910390a26117626001600160a01b037f000000000000000000000000000000000000000000000000000000000000000016333085612cc0565b5f6001600160601b03821115612cbc576040517f6dfcc65000000000000000000000000000000000000000000000000000000000815260606004820152602481018390526044016109f3565b5090565b612cce848484846001613cf2565b610f8757604051635274afe760e01b81526001600160a01b03851660048201526024016109f3565b5f818410612d05575082612865565b612d358262015180612d1786426145ca565b612d219086614705565b612d2b919061471c565b6123be90876145fa565b949350505050565b612d4782826136e4565b5f826006811115612d5a57612d5a61460d565b03612d7f575f80546001600160a01b0383166001600160a01b03199091161790555050565b6001826006811115612d9357612d9361460d565b03612db957600480546001600160a01b0383166001600160a01b03199091161790555050565b6002826006811115612dcd57612dcd61460d565b03612df357600580546001600160a01b0383166001600160a01b03199091161790555050565b6003826006811115612e0757612e0761460d565b03612e2d57600680546001600160a01b0383166001600160a01b03199091161790555050565b6004826006811115612e4157612e4161460d565b03612ef4576002545f90612e7a9066ffffffffffffff670100000000000000820481169164ffffffffff600160701b8204169116612cf6565b9050612e86818361300e565b6002805472ffffffffffffffffffffffff00000000000000191667010000000000000066ffffffffffffff9384160272ffffffffff0000000000000000000000000000191617600160701b4264ffffffffff16021766ffffffffffffff191693909116929092179091555050565b6005826006811115612f0857612f0861460d565b03612fd4576001545f80549091612f489166ffffffffffffff600160601b830481169264ffffffffff600160981b9091041691600160c81b900416612cf6565b9050612f54818361300e565b6001805477ffffffffffffffffffffffff0000000000000000000000001916600160601b66ffffffffffffff9384160264ffffffffff60981b191617600160981b4264ffffffffff16021790555f805478ffffffffffffffffffffffffffffffffffffffffffffffffff16600160c81b9490921693909302179091555050565b6002805461ffff8316600160981b027fffffffffffffffffffffff0000ffffffffffffffffffffffffffffffffffffff9091161790555050565b5f8282188284100282186124c8565b5f808267ffffffffffffffff8111156130385761303861469a565b604051908082528060200260200182016040528015613061578160200160208202803683370190505b5090505f5b8381101561274357613113858583818110613083576130836146bc565b61309992602060409092020190810191506141c8565b8686848181106130ab576130ab6146bc565b90506040020160200135604080517f85b34c24728dd3fbcb0f5d113659fd35154892a2982f1cb9ddcad64723cd93446020808301919091526001600160a01b039490941681830152606080820193909352815180820390930183526080019052805191012090565b828281518110613125576131256146bc565b6020908102919091010152600101613066565b604080516060810182526001546001600160601b0381168252600160601b810466ffffffffffffff1660208301819052600160981b90910464ffffffffff1692820183905290915f9161318b9186612cf6565b90505f83835f01516001600160601b03166131a691906145fa565b90505f805b87811015613228576132148989838181106131c8576131c86146bc565b6131de92602060409092020190810191506141c8565b8a8a848181106131f0576131f06146bc565b9050604002016020013584613205878961300e565b61320f91906145ca565b613d78565b61321e90836145fa565b91506001016131ab565b50805f0361326057841561325757600180546bffffffffffffffffffffffff19166001600160601b0384161790555b50505050610f87565b6040518060600160405280828461327791906145ca565b6001600160601b0316815260200161328f83866145ca565b66ffffffffffffff908116825264ffffffffff42811660209384015283516001805494860151604090960151909216600160981b0264ffffffffff60981b1995909316600160601b0272ffffffffffffffffffffffffffffffffffffff199094166001600160601b039091161792909217929092169190911790555050505050505050565b60606115c27f0000000000000000000000000000000000000000000000000000000000000000613f37565b60606115c27f0000000000000000000000000000000000000000000000000000000000000000613f37565b6001600160a01b0384165f90815260096020526040902080546affffffffffffffffffffff168084116133e2576040517fe014381b0000000000000000000000000000000000000000000000000000000081526001600160a01b038716600482015260248101859052604481018290526064016109f3565b6001600160a01b0385166133fd576133fa8683612575565b94505b61340685612a98565b61342e57604051636cc0282b60e11b81526001600160a01b03861660048201526024016109f3565b5f61343982866145ca565b604080516060810182526001546001600160601b0381168252600160601b810466ffffffffffffff1660208301819052600160981b90910464ffffffffff16928201839052929350915f9161348f919088612cf6565b90505f6134ac846123be855f01516001600160601b03168561300e565b9050805f0361352657815f036134f1576040517f2b4b67ee000000000000000000000000000000000000000000000000000000008152600481018890526024016109f3565b6040517fbc2d3450000000000000000000000000000000000000000000000000000000008152600481018590526024016109f3565b61353081866145fa565b86546affffffffffffffffffffff19166affffffffffffffffffffff8216178755604080516060810190915284519196509081906135789084906001600160601b03166145ca565b6001600160601b0316815260200161359083856145ca565b66ffffffffffffff90811682524264ffffffffff908116602093840152835160018054868601516040978801516001600160601b0390941672ffffffffffffffffffffffffffffffffffffff1990921691909117600160601b91909516029390931764ffffffffff60981b1916600160981b919092160217905581516001600160a01b038c811682529181018890529182018390528b16907f2f6639d24651730c7bf57c95ddbf96d66d11477e4ec626876f92c22e5f365e689060600160405180910390a2838110156136a4576001600160a01b038a167f5d8666b22108bb106dc39ef7f0de1b2c0cb28ebea34fc3828e7039bb94c0c92061369283876145ca565b60405190815260200160405180910390a25b6136d86001600160a01b037f0000000000000000000000000000000000000000000000000000000000000000168a83612a5e565b50505050505050505050565b60038260068111156136f8576136f861460d565b1161383657806001600160a01b03811180613719575061371781612a98565b155b1561373b578282604051630982b3f560e21b81526004016109f392919061467f565b5f8084600681111561374f5761374f61460d565b1415801561376957505f546001600160a01b038381169116145b8061379e575060018460068111156137835761378361460d565b1415801561379e57506004546001600160a01b038381169116145b806137d3575060028460068111156137b8576137b861460d565b141580156137d357506005546001600160a01b038381169116145b90508080156137f4575060038460068111156137f1576137f161460d565b14155b15610f87576040517f7b51e3310000000000000000000000000000000000000000000000000000000081526001600160a01b03831660048201526024016109f3565b600682600681111561384a5761384a61460d565b1461385c5766ffffffffffffff613860565b6127105b811115611762578181604051630982b3f560e21b81526004016109f392919061467f565b60028101546040516001600160601b03909116815233907fc13b3459e1e44bb22a6eaf26970a9cbea34628d966d84909f839f724003175e39060200160405180910390a260020180546bffffffffffffffffffffffff19169055565b7f9b779b17422d0df92223018b32b4d1fa46e071723d6817e2486d003becc55f005c1561099c576040517f3ee5aeb500000000000000000000000000000000000000000000000000000000815260040160405180910390fd5b80825d5050565b5f6124cb61394c613f74565b836040517f19010000000000000000000000000000000000000000000000000000000000008152600281019290925260228201526042902090565b5f808060418490036139bb578435602086013560408701355f1a6139ad8982858561409d565b9550955095505050506139c5565b505f915060029050825b93509350939050565b5f80806008816139e160208901896141c8565b6001600160a01b031681526020808201929092526040015f9081208054909350600160601b90046001600160601b03169188013582810390811115029050805f03613a34575f5f94509450505050613c6f565b5f5f613a3f856122be565b865491935091506001600160601b0316613a66613a5c858361300e565b6123be8c8561300e565b97508715613c0d5760018601546001600160601b03165f613a938660408f0135848103908111150261300e565b9050613a9f8a886145fa565b9650613ae1613ab28b6123be848a6145ca565b613abc908c6145ca565b6123be612710613acc8f8c614705565b613ad6919061471c565b858103908111150290565b9850613aed89836145fa565b9150613af98a846145ca565b88546001600160601b039182167fffffffffffffffff00000000000000000000000000000000000000000000000090911617600160601b898316021789556001890180546bffffffffffffffffffffffff19169184169190911790819055600160c81b900460ff168015613b7f57506002880154600160c01b900464ffffffffff164210155b15613b945760018801805460ff60c81b191690555b613ba88886613ba38d886145ca565b6123e7565b613bb560208e018e6141c8565b60408051898152602081018590529081018c9052606081018b90526001600160a01b0391909116907f0d3c9578af6bc84de6b75dd175fc93622eca1bea6cdd09237d15a726cd271f539060800160405180910390a250505b83881015613c6857613c2260208c018c6141c8565b6001600160a01b03167fcf0bd579dd7e7f0a2a5ab099e44cf0408f8771394ec0a6d82f2854f832c63811613c568a876145ca565b60405190815260200160405180910390a25b5050505050505b935093915050565b6040517fa9059cbb000000000000000000000000000000000000000000000000000000005f8181526001600160a01b038616600452602485905291602083604481808b5af1925060015f51148316613ce6578383151615613cda573d5f823e3d81fd5b5f873b113d1516831692505b60405250949350505050565b6040517f23b872dd000000000000000000000000000000000000000000000000000000005f8181526001600160a01b038781166004528616602452604485905291602083606481808c5af1925060015f51148316613d67578383151615613d5b573d5f823e3d81fd5b5f883b113d1516831692505b604052505f60605295945050505050565b6001600160a01b0383165f90815260096020526040812080546affffffffffffffffffffff16808511613daf575f92505050612865565b5f613dba82876145ca565b90505f613dc78885612575565b9050613dd281612a98565b613ddc575f613de6565b613de6828761300e565b94508415613edd57613df885846145fa565b84546affffffffffffffffffffff19166affffffffffffffffffffff91909116178455613e4f7f00000000000000000000000000000000000000000000000000000000000000006001600160a01b03168287614165565b15613eb8576001600160a01b0388167f2f6639d24651730c7bf57c95ddbf96d66d11477e4ec626876f92c22e5f365e6882613e8a88876145fa565b604080516001600160a01b0390931683526020830191909152810188905260600160405180910390a2613edd565b83546affffffffffffffffffffff19166affffffffffffffffffffff84161784555f94505b81851015613f2c576001600160a01b0388167f5d8666b22108bb106dc39ef7f0de1b2c0cb28ebea34fc3828e7039bb94c0c920613f1a87856145ca565b60405190815260200160405180910390a25b505050509392505050565b60605f613f4383614172565b6040805160208082528183019092529192505f91906020820181803683375050509182525060208101929092525090565b5f306001600160a01b037f000000000000000000000000000000000000000000000000000000000000000016148015613fcc57507f000000000000000000000000000000000000000000000000000000000000000046145b15613ff657507f000000000000000000000000000000000000000000000000000000000000000090565b6115c2604080517f8b73c3c69bb8fe3d512ecc4cf759cc79239f7b179b0ffacaa9a75d522b39400f60208201527f0000000000000000000000000000000000000000000000000000000000000000918101919091527f000000000000000000000000000000000000000000000000000000000000000060608201524660808201523060a08201525f9060c00160405160208183030381529060405280519060200120905090565b5f80807f7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a08411156140d657505f9150600390508261415b565b604080515f808252602082018084528a905260ff891692820192909252606081018790526080810186905260019060a0016020604051602081039080840390855afa158015614127573d5f5f3e3d5ffd5b5050604051601f1901519150506001600160a01b03811661415257505f92506001915082905061415b565b92505f91508190505b9450945094915050565b5f612d358484845f613c77565b5f60ff8216601f8111156124cb576040517fb3512b0c00000000000000000000000000000000000000000000000000000000815260040160405180910390fd5b80356001600160a01b0381168114612570575f5ffd5b5f602082840312156141d8575f5ffd5b6124c8826141b2565b5f602082840312156141f1575f5ffd5b5035919050565b803560078110612570575f5ffd5b5f60208284031215614216575f5ffd5b6124c8826141f8565b5f5f83601f84011261422f575f5ffd5b50813567ffffffffffffffff811115614246575f5ffd5b602083019150836020606083028501011115614260575f5ffd5b9250929050565b5f5f83601f840112614277575f5ffd5b50813567ffffffffffffffff81111561428e575f5ffd5b602083019150836020828501011115614260575f5ffd5b5f5f5f5f604085870312156142b8575f5ffd5b843567ffffffffffffffff8111156142ce575f5ffd5b6142da8782880161421f565b909550935050602085013567ffffffffffffffff8111156142f9575f5ffd5b61430587828801614267565b95989497509550505050565b5f5f5f5f5f60a08688031215614325575f5ffd5b8535945060208601359350604086013560ff81168114614343575f5ffd5b94979396509394606081013594506080013592915050565b5f5f6040838503121561436c575f5ffd5b614375836141f8565b946020939093013593505050565b5f5f83601f840112614393575f5ffd5b50813567ffffffffffffffff8111156143aa575f5ffd5b6020830191508360208260061b8501011115614260575f5ffd5b5f5f5f5f604085870312156143d7575f5ffd5b843567ffffffffffffffff8111156143ed575f5ffd5b6142da87828801614383565b5f81518084528060208401602086015e5f602082860101526020601f19601f83011685010191505092915050565b7fff000000000000000000000000000000000000000000000000000000000000008816815260e060208201525f61446160e08301896143f9565b828103604084015261447381896143f9565b606084018890526001600160a01b038716608085015260a0840186905283810360c0850152845180825260208087019350909101905f5b818110156144c85783518352602093840193909201916001016144aa565b50909b9a5050505050505050505050565b5f5f5f5f5f5f606087890312156144ee575f5ffd5b863567ffffffffffffffff811115614504575f5ffd5b61451089828a0161421f565b909750955050602087013567ffffffffffffffff81111561452f575f5ffd5b61453b89828a01614383565b909550935050604087013567ffffffffffffffff81111561455a575f5ffd5b61456689828a01614267565b979a9699509497509295939492505050565b5f5f5f5f6060858703121561458b575f5ffd5b614594856141b2565b935060208501359250604085013567ffffffffffffffff8111156142f9575f5ffd5b634e487b7160e01b5f52601160045260245ffd5b818103818111156124cb576124cb6145b6565b64ffffffffff82811682821603908111156124cb576124cb6145b6565b808201808211156124cb576124cb6145b6565b634e487b7160e01b5f52602160045260245ffd5b6001600160601b0381811683821601908111156124cb576124cb6145b6565b6001600160601b0382811682821603908111156124cb576124cb6145b6565b6007811061467b57634e487b7160e01b5f52602160045260245ffd5b9052565b6040810161468d828561465f565b8260208301529392505050565b634e487b7160e01b5f52604160045260245ffd5b602081016124cb828461465f565b634e487b7160e01b5f52603260045260245ffd5b81515f90829060208501835b828110156146fa5781518452602093840193909101906001016146dc565b509195945050505050565b80820281158282048414176124cb576124cb6145b6565b5f8261473657634e487b7160e01b5f52601260045260245ffd5b50049056' as const
